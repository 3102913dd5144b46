import type { Frame } from '../../trace/context';
import type { Content } from './content';
import { Operation } from './operation';

/** A run that is neither a trace nor a step: what it does belongs to the frame in which it runs. */
export class FrameOperation extends Operation {
  readonly frame: Frame;

  constructor({ scope, step }: Frame, content: Content) {
    super(content);
    // What watches the run is not within a call that surrounds it.
    this.frame = { scope, step };
  }

  addMetadata(): void {}

  setInput(): void {}

  end(): void {}
}
