/** An entry of oidc-provider: a token, a code, a session, a grant, … */
export interface Entry {
  payload: { accountId?: string; grantId?: string; uid?: string; consumed?: number; exp?: number };
  /** Milliseconds since 1970. */
  expires: number;
}

/**
 * The storage of oidc-provider, in memory. Its own in-memory storage drops all but the last 1,000
 * entries.
 */
export class TokenStore {
  readonly entries = new Map<string, Entry>();

  /** Returns the class for oidc-provider's option `adapter`; `clients` are looked up by ID. */
  adapter(clients: (id: string) => object | undefined) {
    const { entries } = this;
    return class {
      constructor(private readonly model: string) {}

      async upsert(id: string, payload: Entry['payload'], seconds?: number): Promise<void> {
        const expires = seconds === undefined ? Infinity : Date.now() + seconds * 1000;
        entries.set(`${this.model}:${id}`, { payload, expires });
      }

      async find(id: string): Promise<object | undefined> {
        if (this.model === 'Client') return clients(id);
        const entry = entries.get(`${this.model}:${id}`);
        return entry !== undefined && entry.expires > Date.now() ? entry.payload : undefined;
      }

      async findByUid(uid: string): Promise<object | undefined> {
        return [...entries].find(([key, entry]) => key.startsWith('Session:') && entry.payload.uid === uid)?.[1].payload;
      }

      async findByUserCode(): Promise<undefined> {
        return undefined;
      }

      async consume(id: string): Promise<void> {
        const entry = entries.get(`${this.model}:${id}`);
        if (entry !== undefined) entry.payload.consumed = Math.floor(Date.now() / 1000);
      }

      async destroy(id: string): Promise<void> {
        entries.delete(`${this.model}:${id}`);
      }

      async revokeByGrantId(grantId: string): Promise<void> {
        for (const [key, entry] of entries) if (entry.payload.grantId === grantId) entries.delete(key);
      }
    };
  }

  /** Returns the IDs of the entries of these kinds. The ID of a token is the token itself. */
  ids(kinds: string[]): string[] {
    const keys = [...this.entries.keys()].map((key) => [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)] as const);
    return keys.filter(([kind]) => kinds.includes(kind)).map(([, id]) => id);
  }

  /** Deletes the entries of these kinds, of one account or of all. Returns their number. */
  delete(kinds: string[], accountId?: string): number {
    let deleted = 0;
    for (const [key, { payload }] of this.entries) {
      const kind = key.slice(0, key.indexOf(':'));
      if (!kinds.includes(kind) || (accountId !== undefined && payload.accountId !== accountId)) continue;
      this.entries.delete(key);
      deleted += 1;
    }
    return deleted;
  }
}
