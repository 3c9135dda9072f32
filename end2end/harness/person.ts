/** What an account may do, as the command line has it. */
export type Role = 'viewer' | 'operator' | 'administrator';

/** Somebody who signs in to Mailgrant. */
export interface Person {
  name: string;
  password: string;
}

/** Who sets Mailgrant up in most tests. */
export const administrator: Person = { name: 'admin', password: 'copper-lantern-drifts-over-nineteen-hedges' };

/** Somebody else, with a password of their own. */
export function person(name: string): Person {
  return { name, password: `seven-velvet-anchors-hum-beneath-${[...name].reverse().join('')}` };
}
