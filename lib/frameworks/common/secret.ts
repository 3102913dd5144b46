/** What a call must not show. */
export interface SecretOptions {
  /** The request, which an error must not repeat unless content is recorded. */
  request?: unknown;
  /** Makes that of what the framework has, if there is an error. */
  convert?: (request: unknown) => unknown;
}

/** A request that errors must not repeat. */
export class Secret {
  constructor(private readonly options: SecretOptions) {}

  get request(): unknown {
    const { request, convert } = this.options;
    return convert ? convert(request) : request;
  }
}
