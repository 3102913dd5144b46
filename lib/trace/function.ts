/** A function of the user's, about which nothing else is known. */
export type AnyFunction = (...args: any[]) => any;
