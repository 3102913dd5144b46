// The numbers are those of the native binding, which a test compares.

export const Abortable = { No: 0, Yes: 1, Aborted: 2 } as const;

export const DroppedFor = { Sampling: 0, BeforeSend: 1, Disabled: 2 } as const;

export const EventKind = {
  Resolved: 0,
  Rejected: 1,
  Progress: 2,
  Log: 3,
  Notice: 4,
  Delivery: 5,
  Delivered: 6,
  Undelivered: 7,
  Idle: 8,
  Adopted: 9,
} as const;

export const LogLevel = { Debug: 0, Info: 1, Warn: 2, Error: 3 } as const;
