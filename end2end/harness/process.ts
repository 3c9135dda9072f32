import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from './wait.ts';

/** Returns the program that an environment variable names, or the debug build of the workspace. */
export function binary(variable: string, name: string): string {
  const file = process.env[variable] ?? path.join(import.meta.dirname, '../../target/debug', name);
  if (!existsSync(file)) {
    throw new Error(`${file} does not exist: build it, or say where it is in ${variable}`);
  }
  return file;
}

/** A program that runs in the background, with all its output. */
export class BackgroundProcess {
  /** Standard output and standard error in chronological order. */
  log = '';
  private readonly child: ChildProcess;
  private readonly name: string;
  private readonly ended: Promise<void>;

  constructor(file: string, parameters: string[], environment: NodeJS.ProcessEnv) {
    this.name = path.basename(file);
    this.child = spawn(file, parameters, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    this.ended = new Promise((resolve) => {
      this.child.once('error', (error) => {
        this.log += String(error);
        resolve();
      });
      // `close` instead of `exit`: only then has the last output arrived.
      this.child.once('close', () => resolve());
    });
  }

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Waits for `probe`. Fails immediately with the log if the program exits first. */
  async ready<T>(timeout: number, probe: () => Promise<T | undefined | false>): Promise<T> {
    return waitFor(
      () => `${this.name} to be ready. It printed:\n${this.log}`,
      timeout,
      async () => {
        if (!this.running) throw new Error(`${this.name} ended. It printed:\n${this.log}`);
        return probe();
      },
    );
  }

  /** Sends the signal and waits for the exit. Sends SIGKILL after five seconds. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (!this.running) return;
    const late = setTimeout(() => this.child.kill('SIGKILL'), 5_000);
    this.child.kill(signal);
    await this.ended;
    clearTimeout(late);
  }
}

/** The output of a program that has exited. */
export interface Outcome {
  code: number | null;
  output: string;
  errors: string;
}

/** Runs a program until it exits. */
export async function run(file: string, parameters: string[], environment: NodeJS.ProcessEnv, input = ''): Promise<Outcome> {
  const child = spawn(file, parameters, { env: environment, stdio: ['pipe', 'pipe', 'pipe'], timeout: 20_000 });
  let [output, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  // A program that does not read its input closes it.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output, errors }));
  });
}
