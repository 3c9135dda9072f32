import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Polls `probe` until it returns a value. After `timeout` milliseconds, fails with the description.
 */
export async function waitFor<T>(
  what: string | (() => string),
  timeout: number,
  probe: () => Promise<T | undefined | false>,
): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) {
      throw new Error(`waited ${timeout} ms for ${typeof what === 'string' ? what : what()}`);
    }
    await sleep(50);
  }
}

/** Waits until 127.0.0.1:`port` accepts connections. */
export async function waitForPort(port: number, what: string): Promise<void> {
  await waitFor(`${what} to open port ${port}`, 10_000, () => accepts(port));
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
