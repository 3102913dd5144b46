/// <reference path="./wasm.d.ts" />
/** The functions of the module, as crates/infinium-wasm declares them. Flags are 0 or 1. */
export interface Exports {
  memory: WebAssembly.Memory;
  /** Makes room for a text. Returns its address. */
  reserve(length: number): number;
  /** Gives back a part of the room that was reserved last. */
  shorten(length: number): void;
  /** The address and length of the text that the last function has left. */
  output(): number;
  output_length(): number;

  /** Returns 0, or 1 if an option is wrong. The same holds for all functions that start something. */
  open(logLevel: number, warns: number): number;
  is_exposed(): number;
  check_length_of_task(units: number): number;
  check(hasNow: number): number;
  send(callId: number, abortable: number, hasNow: number): number;
  /** Returns 0 if the task was accepted, 1 if it is wrong, 2 if there was no room for it. */
  enqueue(hasId: number, id: number): number;
  count_dropped(reason: number): void;
  background_count(): number;
  notify_when_idle(): void;
  observe(on: number): void;
  stats(): void;
  send_batch(
    callId: number,
    abortable: number,
    total: number,
    concurrent: number,
    progress: number,
  ): number;
  add_task(callId: number): void;
  add_unreadable(callId: number, hasName: number): void;
  end_batch(callId: number): void;
  interpretation(callId: number, abortable: number): number;
  wait_for_interpretation(
    callId: number,
    abortable: number,
    timeoutMs: number,
    pollIntervalMs: number,
  ): number;
  prompt(callId: number, abortable: number, hasVariables: number): number;
  cancel(callId: number): void;
  /** Return 0 if the outcome will be an event, 1 for true, 2 for false. */
  flush(callId: number, limitMs: number): number;
  linger(callId: number, silenceLimitMs: number): number;
  close(callId: number, limitMs: number): number;

  /** Returns 0 if there are no secrets. */
  hide_secrets(): number;

  /** Returns how many milliseconds nothing more happens by itself, or -1. */
  run(): number;
  answer_head(id: number, status: number, hasRetryAfter: number, hasDate: number): void;
  answer_body(id: number, hasBody: number): void;
  request_broken(id: number, reused: number): void;
}

/** What the module needs. */
export type Imports = {
  now(): number;
  time_of_day(): number;
  fill_random(address: number, length: number): number;
  send_request(
    id: number,
    head: number,
    headLength: number,
    body: number,
    bodyLength: number,
  ): void;
  abort_request(id: number): void;
  push_event(kind: number, id: number, text: number, length: number): void;
};
