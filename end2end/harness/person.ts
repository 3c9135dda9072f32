/** A role as the command line writes it. */
export type Role = 'viewer' | 'operator' | 'administrator';

/** An account of Mailgrant. */
export interface Person {
  name: string;
  password: string;
}

/** The administrator who sets up Mailgrant in most tests. */
export const administrator: Person = { name: 'admin', password: 'copper-lantern-drifts-over-nineteen-hedges' };

/** Another user with a separate password. */
export function person(name: string): Person {
  return { name, password: `seven-velvet-anchors-hum-beneath-${[...name].reverse().join('')}` };
}
