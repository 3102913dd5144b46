/** Which content is recorded. */
export interface Content {
  readonly input: boolean;
  readonly output: boolean;
}
