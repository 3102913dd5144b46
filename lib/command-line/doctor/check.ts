/** What a check has found. */
export interface Check {
  id: string;
  status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** One line. */
  message: string;
  /** What to do about it. */
  fix?: string;
}

export function ok(id: string, message: string): Check {
  return { id, status: 'ok', message };
}

export function warning(id: string, message: string, fix: string): Check {
  return { id, status: 'warning', message, fix };
}

export function failed(id: string, message: string, fix: string): Check {
  return { id, status: 'failed', message, fix };
}

export function skipped(id: string, reason: string): Check {
  return { id, status: 'skipped', message: `not checked: ${reason}` };
}
