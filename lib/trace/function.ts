/** Any function of the user. */
export type AnyFunction = (...args: any[]) => any;
