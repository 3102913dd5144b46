import 'reflect-metadata';
import { Controller, Get, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InfiniumClient } from 'infinium-o2';

@Injectable()
class Tasks implements OnApplicationShutdown {
  readonly client = new InfiniumClient({ agentId: 'an-agent', agentSecret: 'a-secret-of-tests' });

  async report(name: string): Promise<string> {
    await this.client.sendTask({ name, description: 'About', duration: 1 });
    const traced = this.client.trace(`${name}, traced`, async () => this.client.runtime);
    return `sent ${await traced()}`;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}

@Controller()
class TasksController {
  constructor(private readonly tasks: Tasks) {}

  @Get('tasks')
  get(): Promise<string> {
    return this.tasks.report('Route');
  }
}

@Module({ controllers: [TasksController], providers: [Tasks] })
class AppModule {}

const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
await app.listen(Number(process.env.PORT), '127.0.0.1');
console.log(`Listening on ${await app.getUrl()}`);
