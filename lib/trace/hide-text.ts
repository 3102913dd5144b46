import { hideSecrets } from '../bridge/native';

/** What every secret in a text has. The native code looks closer; texts without any of these are not handed to it. */
const SUSPICIOUS =
  /:\/\/|[?&#;][\w.-]*(?:key|tok|sig|pass|pwd|secret|code|cred|auth)[\w.-]*=|(?:key|token) ?= ?|pass\w*=|pwd=|secret\w*=|bearer|basic |authorization|cookie|-----BEGIN|eyJ|(?:sk|pk|rk|gh[a-z]|glpat|xox[a-z]|hf|gsk|xai|npm|pypi|SG|whsec|shp[a-z]*|dop|lin|sntry\w*)[-_.]|github_pat|A[KS]IA|AIza/i;

/** Replaces the secrets in a text, whatever they are part of: URLs, headers, connection strings, keys. */
export function hideInText(text: string): string {
  return SUSPICIOUS.test(text) ? (hideSecrets(text) ?? text) : text;
}
