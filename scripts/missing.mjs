/** A tool that is not there and could not be installed. The message says which, and why. */
export class Missing extends Error {}
