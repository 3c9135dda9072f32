/** A mail account of a provider of the tests. */
export interface Account {
  address: string;
  password: string;
}
