import { warn } from '../../bridge/warnings';

let isWarned = false;

/** Versions 5 and 6 have hooks of the same names, which do not say to which run they belong. */
export function warnOfVersion(): void {
  if (isWarned) return;
  isWarned = true;
  warn(
    'INFINIUM_WATCH',
    'infiniumTelemetry() does not know the events of this version of the AI SDK, so its runs are not recorded. ' +
      'With versions 5 and 6, pass `experimental_telemetry: { isEnabled: true, tracer: infiniumTelemetry().tracer }`. ' +
      'With a newer one than 7, update infinium-o2.',
  );
}
