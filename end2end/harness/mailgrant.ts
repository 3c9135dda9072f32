import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { cookiesOf, postForm, type GivenCookie } from './forms.ts';
import { administrator, person, type Person, type Role } from './person.ts';
import { freePort } from './ports.ts';
import { BackgroundProcess, binary, run, type Outcome } from './process.ts';

export interface MailgrantOptions {
  /** The sandbox's descriptor, which adds the provider "Sandbox" to the page. */
  sandboxFile?: string;
  /** PEM file of authorities to trust in addition to those of the system. */
  extraRoots?: string;
  /** Additional environment variables, for example MAILGRANT_PUBLIC_URL. */
  environment?: Record<string, string>;
  /** True if the setup link is used to create the first administrator, which is the default. */
  setUp?: boolean;
}

/** A Mailgrant server with its own data directory. */
export class Mailgrant {
  /** The cookies of the administrator who set up the server; empty without `setUp`. */
  cookies: GivenCookie[] = [];
  private server: BackgroundProcess | undefined;
  private earlierLog = '';

  private constructor(
    /**
     * `http://localhost:PORT`, without a trailing slash. The sandbox is at 127.0.0.1, so they share
     * no cookies.
     */
    readonly url: string,
    /** The directory of the database and the key, deleted by `dispose`. */
    readonly dataDirectory: string,
    private readonly options: MailgrantOptions,
  ) {}

  static async start(options: MailgrantOptions = {}): Promise<Mailgrant> {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'mailgrant-e2e-data-'));
    const mailgrant = new Mailgrant(`http://localhost:${await freePort()}`, directory, options);
    try {
      await mailgrant.run();
      if (options.setUp ?? true) await mailgrant.setUp();
    } catch (error) {
      await mailgrant.dispose();
      throw error;
    }
    return mailgrant;
  }

  get callbackUrl(): string {
    return `${this.url}/oauth/callback`;
  }

  /** Returns all output since the first start. */
  get log(): string {
    return this.earlierLog + (this.server?.log ?? '');
  }

  /** Returns the setup link that the last start printed. */
  get setupLink(): string {
    const link = this.printedLink();
    if (link === undefined) throw new Error(`no setup link was printed:\n${this.log}`);
    return link;
  }

  /** Runs `mailgrant` with these arguments on the same data, also while the server is running. */
  async command(parameters: string[], input = ''): Promise<Outcome> {
    return run(binary('MAILGRANT_BINARY', 'mailgrant'), parameters, this.environment(), input);
  }

  /** Adds an account with the command line. */
  async addAccount(name: string, role: Role): Promise<Person> {
    const added = person(name);
    const outcome = await this.command(['account', 'add', name, '--role', role, '--password-stdin'], added.password);
    if (outcome.code !== 0) throw new Error(`account add: ${outcome.errors}`);
    return added;
  }

  /** Signs in as a browser does and returns the cookies. */
  async signIn({ name, password }: Person): Promise<GivenCookie[]> {
    return this.given(await postForm(`${this.url}/login`, { name, password, next: '' }));
  }

  /** Stops the server as `systemctl stop` does. */
  async stop(): Promise<void> {
    await this.finish('SIGTERM');
  }

  /** Kills the server. */
  async kill(): Promise<void> {
    await this.finish('SIGKILL');
  }

  /** Restarts the server on the same data and port. */
  async restart(): Promise<void> {
    await this.stop();
    await this.run();
  }

  /** Stops the server and deletes the data. */
  async dispose(): Promise<void> {
    await this.stop();
    await rm(this.dataDirectory, { recursive: true, force: true });
  }

  private async setUp(): Promise<void> {
    const token = new URL(this.setupLink).searchParams.get('token') ?? '';
    const { name, password } = administrator;
    this.cookies = this.given(await postForm(`${this.url}/setup`, { token, name, password, repeated: password }));
  }

  private given(answer: Response): GivenCookie[] {
    if (answer.status !== 303) throw new Error(`${answer.url.replace(/\?.*/, '')}: ${answer.status}`);
    return cookiesOf(answer);
  }

  private environment(): NodeJS.ProcessEnv {
    const { sandboxFile, extraRoots, environment } = this.options;
    return {
      ...withoutMailgrantVariables(process.env),
      MAILGRANT_LISTEN: `127.0.0.1:${new URL(this.url).port}`,
      MAILGRANT_DATA_DIRECTORY: this.dataDirectory,
      MAILGRANT_SMTP_LISTENERS: 'off',
      ...(sandboxFile === undefined ? {} : { MAILGRANT_SANDBOX_FILE: sandboxFile }),
      ...(extraRoots === undefined ? {} : { MAILGRANT_EXTRA_ROOTS: extraRoots }),
      ...environment,
    };
  }

  private async run(): Promise<void> {
    this.server = new BackgroundProcess(binary('MAILGRANT_BINARY', 'mailgrant'), [], this.environment());
    await this.server.ready(15_000, async () => {
      const answer = await fetch(`${this.url}/healthz`).catch(() => undefined);
      // Output and responses arrive over different channels, so the output may come later.
      return answer?.status === 200 && (this.printedLink() !== undefined || !(await this.needsSetup()));
    });
  }

  private async needsSetup(): Promise<boolean> {
    const answer = await fetch(`${this.url}/login`, { redirect: 'manual', headers: { accept: 'text/html' } });
    return answer.headers.get('location') === '/setup';
  }

  private printedLink(): string | undefined {
    return /^Set up Mailgrant: (\S+)/m.exec(this.server?.log ?? '')?.[1];
  }

  private async finish(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.server?.end(signal);
    this.earlierLog = this.log;
    this.server = undefined;
  }
}

/** Settings of the user who runs the tests must not reach the server under test. */
function withoutMailgrantVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith('MAILGRANT_')),
  );
}
