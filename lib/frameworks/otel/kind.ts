import { type Attributes, OWN_SCOPE, type ReadableSpan, scopeOf } from './api';
import { KINDS, type Kind, PREFIXES, SIGNS } from './conventions';

/** What a span is about, by what is known so far. Undefined: not of an agent, like a request or a query. */
export function kindOf(attributes: Attributes): Kind | undefined {
  for (const [attribute, kinds] of KINDS) {
    const value = attributes[attribute];
    const kind = typeof value === 'string' && kinds.find(([pattern]) => pattern.test(value));
    if (kind) return kind[1];
  }
  const sign = SIGNS.find(([attribute]) => attributes[attribute] !== undefined);
  if (sign) return sign[1];
  for (const name in attributes) if (PREFIXES.test(name)) return 'agent';
  return undefined;
}

/** Whether a kind of span is a call of a model, which has tokens. */
export function isCall(kind: Kind | undefined): kind is 'llm_call' | 'embedding' {
  return kind === 'llm_call' || kind === 'embedding';
}

export function isOwn(span: ReadableSpan): boolean {
  return scopeOf(span) === OWN_SCOPE;
}
