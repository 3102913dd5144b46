/**
 * Names of members and headers that probably contain secrets, such as the API key of a provider client: their letters
 * and digits, in any spelling.
 */
const SECRET =
  /(api|private|access|signing|encryption|secret|subscription|account|master|shared|license|ssh|deploy|service)key|secret|passw|passphrase|passcode|^pass$|^pwd$|pwd$|^auth$|authorization|authentication$|bearer|credential|cookie|jwt|connectionstring|(^|[a-z])tokens?$|^otp$|^mfa|mnemonic|seedphrase|^sas$|^(c|x)?srf|signature$|^xamz(security|signature)|^dsn$/;

/** Longer names are texts. */
const MAX_NAME = 60;

/** Whether a value with this name is probably a secret. */
export function isSecretName(name: string): boolean {
  return name.length <= MAX_NAME && SECRET.test(plain(name));
}

/** Whether a value with this secret name may also be counts, as of the tokens of a model. */
export function mayCount(name: string): boolean {
  return /tokens$/.test(plain(name));
}

function plain(name: string): string {
  return name.replace(/[^a-zA-Z0-9]/g, '').toLowerCase();
}
