// Names of members and headers that probably contain secrets, such as the API key of a provider client: their letters and
// digits, in any spelling. `crates/infinium-core/src/redact/secret_names.rs` has the same rules for texts.

/** What names of secrets contain. */
const PART =
  /(api|private|access|signing|encryption|subscription|account|master|shared|license|ssh|deploy|service|auth|app|application|client|functions|hmac)key|secret(?!ar|ion|iv)|passw|passphrase|passcode|authorization|authheader|credential|cookie|jwt|connectionstring|clientassertion|codeverifier|samlresponse|mnemonic|seedphrase/;
/** What they are, or begin with. */
const START =
  /^(auth|connectsid|creds|cvc|cvv|dsn|hmac|jsessionid|otp|pass|pfx|pwd|sas|totp)$|^([cx]?srf|mfa|xamz(security|signature))/;
const END =
  /((admin|auth|db|proxy|root|smtp|user)pass|(basic|http|proxy)auth|authentication|bearer|(backup|recovery)codes?|verificationcode|creds|oauthverifier|pwd|securityanswer|sessid|signature(256)?)$/;
/** Some tokens are text for a model, or a place in a list. */
const TOKEN =
  /(^|[a-z])(?<!bos|cancellation|continuation|eos|mask|next|pad|page|special|stop|unk)tokens?$/;

/** Longer names are texts. */
const MAX_NAME = 60;

/** Whether a value with this name is probably a secret. */
export function isSecretName(name: string): boolean {
  if (name.length > MAX_NAME) return false;
  const letters = plain(name);
  return PART.test(letters) || START.test(letters) || END.test(letters) || TOKEN.test(letters);
}

/** Whether a value with this secret name may also be counts, as of the tokens of a model. */
export function mayCount(name: string): boolean {
  return /tokens$/.test(plain(name));
}

function plain(name: string): string {
  return name.replace(/[^a-zA-Z0-9]/g, '').toLowerCase();
}
