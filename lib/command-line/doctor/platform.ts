import {
  AuthenticationError,
  type InfiniumClient,
  NetworkError,
  RateLimitError,
} from 'infinium-o2';
import { formatDuration } from '../output';
import { type Check, failed, ok, skipped, warning } from './check';
import type { Probe } from './probe';

/** A certificate that expires sooner is worth a warning. */
const SOON = 14 * 86_400_000;
/** How wrong a clock may be, in milliseconds: times of traces, and then certificates are wrong. */
const CLOCK_WARNING = 30_000;
const CLOCK_FAILURE = 300_000;

/** Codes of Node.js for certificates that are not trusted. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|CRL|ERR_TLS|^ERR_SSL|EPROTO/;

const CERTIFICATE_FIXES: Record<string, string> = {
  CERT_HAS_EXPIRED: 'Renew the certificate of the server; if it is valid, set the clock here.',
  CERT_NOT_YET_VALID: 'Set the clock of this machine, for example with NTP.',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'Use a host that the certificate is for in INFINIUM_BASE_URL, or another certificate.',
};
const UNTRUSTED =
  'Name the file of your authority in NODE_EXTRA_CA_CERTS, or pass its certificate as caCertificates.';

const NO_TRACE = 'infinium-o2-doctor';

/** What the platform answers to a client. */
export type Answer = { success: boolean; data?: unknown } | Error;

/** Asks for the interpretation of a trace that does not exist: credentials are needed for that, and nothing is stored. */
export async function askPlatform(client: InfiniumClient): Promise<Answer> {
  try {
    return await client.getInterpretedTaskResult(NO_TRACE);
  } catch (error) {
    return error as Error;
  }
}

/** @param probed what a request without credentials has found, or its error */
export function checkConnection(url: URL, probed: Probe | Error, answer: Answer): Check {
  const isSecure = url.protocol === 'https:';
  const id = isSecure ? 'tls' : 'connection';
  if (answer instanceof NetworkError) {
    const { code = '', message } = answer;
    if (CERTIFICATE.test(code)) {
      const refusal = probed instanceof Error ? undefined : probed.security?.refusal;
      // A certificate that is of an unknown authority, too, has another reason that is easier to find.
      const reason = refusal && refusal in CERTIFICATE_FIXES ? refusal : code;
      const text = `the certificate is refused (${reason}): ${message}`;
      return failed(id, text, CERTIFICATE_FIXES[reason] ?? UNTRUSTED);
    }
    const fix = 'Check that the platform runs there, and that no firewall or proxy is in the way.';
    return failed(id, `${message}${detailOf(probed, message)}`, fix);
  }
  // The client got an answer, which is what matters.
  if (probed instanceof Error || !probed.security) return ok(id, `${url.host} answers`);
  const { protocol, issuer, validTo } = probed.security;
  const text = `${protocol}, a certificate of ${issuer}, valid until ${validTo.toISOString().slice(0, 10)}`;
  if (validTo.getTime() - Date.now() < SOON) {
    return warning(id, text, 'Renew the certificate of the server soon.');
  }
  return ok(id, text);
}

/** What the other request has found, if it says more: the answer of a proxy, for example. */
function detailOf(probed: Probe | Error, message: string): string {
  if (!(probed instanceof Error)) return '';
  const { code, message: detail } = probed as NodeJS.ErrnoException;
  return code && message.includes(code) ? '' : ` (${detail})`;
}

export function checkClock(probed: Probe | Error): Check {
  const id = 'clock';
  if (probed instanceof Error) return skipped(id, probed.message);
  const { ahead } = probed;
  if (ahead === undefined) return skipped(id, 'the platform does not tell the time');
  const off = Math.abs(ahead);
  if (off < CLOCK_WARNING) return ok(id, 'agrees with that of the platform');
  const text = `${formatDuration(off)} ${ahead > 0 ? 'ahead of' : 'behind'} that of the platform`;
  const fix = 'Set the clock of this machine, for example with NTP: traces have wrong times.';
  return off < CLOCK_FAILURE ? warning(id, text, fix) : failed(id, text, fix);
}

export function checkCredentials(answer: Answer): Check {
  const id = 'credentials';
  if (answer instanceof NetworkError) return skipped(id, 'there is no connection');
  if (answer instanceof AuthenticationError) {
    const fix = 'Compare INFINIUM_AGENT_ID and INFINIUM_AGENT_SECRET with those of the platform.';
    return failed(id, `refused: ${answer.message}`, fix);
  }
  if (answer instanceof RateLimitError) {
    const text = 'the platform limits the rate at the moment';
    return warning(id, text, 'Try again in a minute.');
  }
  if (answer instanceof Error) {
    const fix = 'Check INFINIUM_BASE_URL; if it is right, try again later.';
    return failed(id, answer.message, fix);
  }
  // Without JSON, this is some other server.
  if (typeof answer.data !== 'object' || answer.data === null) {
    const text = 'the answer is not that of a platform';
    return failed(id, text, 'Check INFINIUM_BASE_URL; its path is usually /api/v1.');
  }
  return ok(id, 'accepted by the platform; nothing was stored');
}
