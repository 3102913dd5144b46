import { invalid } from '../../bridge/invalid';
import { settingsOf } from '../../bridge/settings';
import { warnOfUnknown } from '../../bridge/unknown-options';
import { currentFrame, ownFrame } from '../../trace/context';
import { begin, completeSettings } from '../../trace/trace';
import type { Content } from './content';
import { defaultClient } from './default-client';
import { FrameOperation } from './frame-operation';
import { type Operation, StepOperation } from './operation';
import { toTraceSettings } from './run-settings';
import { TraceOperation } from './trace-operation';

/** The options that all integrations have. */
export interface IntegrationOptions {
  /** Whether to record what goes in and comes out of models, tools and agents. Default false. */
  captureContent?: boolean;
}

/** What is known of a run of a framework when it begins. */
export interface RunOptions {
  /** The name of the agent, chain, graph or operation. */
  name: string;
  /**
   * The kind of step that the run is within a running trace. Default `agent`. With null, it is none, and what it does
   * belongs to the step that runs.
   */
  action?: string | null;
  /** What goes in. It is recorded only if content is. */
  input?: unknown;
  /** Added to the metadata of the step, or of step 1 of the trace. */
  metadata?: Record<string, unknown>;
  /** What the framework says about recording content, which may only take away. */
  content?: Partial<Content>;
  tags?: Record<string, string | number | boolean>;
  session?: string;
  user?: string;
}

/**
 * Records the runs of one framework. Nothing here throws into the framework.
 */
export class Recorder {
  readonly #client: object | undefined;
  readonly #content: Content;
  readonly #framework: string;

  /**
   * @param framework its name, for descriptions
   * @param client gets the traces; without one, that of `infinium-o2/register`
   * @throws {ValidationError} `client`, `options` or `captureContent` is wrong
   */
  constructor(framework: string, client: unknown, options: unknown) {
    this.#framework = framework;
    this.#client = readClient(client);
    const captureContent = readCaptureContent(options);
    this.#content = { input: captureContent, output: captureContent };
  }

  /** Which content is recorded, unless the framework says less. */
  get content(): Content {
    return this.#content;
  }

  /**
   * Begins a run: a step of the trace that runs here, or else a trace of its own.
   *
   * @returns undefined if there is neither a trace nor a client
   */
  start(options: RunOptions): Operation | undefined {
    try {
      return this.#start(options);
    } catch {
      // The run is more important than its trace.
      return undefined;
    }
  }

  #start({ name, action = 'agent', input, metadata, content, ...labels }: RunOptions) {
    const narrowed = narrow(this.#content, content);
    const frame = currentFrame();
    if (frame && !frame.scope.settled) {
      if (action === null) return new FrameOperation(frame, narrowed);
      return new StepOperation({
        scope: frame.scope,
        parent: frame.step ?? null,
        outer: ownFrame(),
        content: narrowed,
        options: { action, name, input, metadata },
      });
    }
    const client = this.#client ?? defaultClient();
    if (!client) return undefined;
    const settings = toTraceSettings({
      ...labels,
      name,
      otherwise: this.#framework,
      description: `${this.#framework} run`,
      captureInput: narrowed.input && input !== undefined,
      captureOutput: narrowed.output,
    });
    return new TraceOperation(
      begin(client, completeSettings(client, settings), [input]),
      narrowed,
      { input, metadata },
    );
  }
}

function narrow(content: Content, by: Partial<Content> | undefined): Content {
  return {
    input: content.input && by?.input !== false,
    output: content.output && by?.output !== false,
  };
}

function isClient(value: unknown): value is object {
  return typeof value === 'object' && value !== null && settingsOf(value) !== undefined;
}

/**
 * Refuses a client in the place of options, where it would be taken for options without a client.
 *
 * @throws {ValidationError}
 */
export function refuseClient(options: unknown): void {
  if (isClient(options)) invalid('options', 'must be an object such as { client } (got a client)');
}

/** @throws {ValidationError} */
export function readClient(client: unknown): object | undefined {
  if (client === undefined || client === null) return undefined;
  if (isClient(client)) return client;
  const isWrapped = isClient((client as { client?: unknown }).client);
  const advice = isWrapped ? ': pass the client itself, and options after it' : '';
  const got = `got ${typeof client}${advice}`;
  return invalid('client', `must be an InfiniumClient or AsyncInfiniumClient (${got})`);
}

/**
 * Whether content is recorded, by the options or the environment.
 *
 * @throws {ValidationError}
 */
export function readCaptureContent(options: unknown): boolean {
  if (options === undefined || options === null) return fromEnvironment();
  if (typeof options !== 'object') {
    return invalid('options', `must be an object (got ${typeof options})`);
  }
  refuseClient(options);
  warnOfUnknown(options, ['captureContent', 'client']);
  const { captureContent } = options as IntegrationOptions;
  if (captureContent === undefined || captureContent === null) return fromEnvironment();
  if (typeof captureContent !== 'boolean') {
    invalid('captureContent', `must be a boolean (got ${typeof captureContent})`);
  }
  return captureContent;
}

function fromEnvironment(): boolean {
  return /^(1|true|on|yes)$/i.test(process.env.INFINIUM_CAPTURE_CONTENT ?? '');
}
