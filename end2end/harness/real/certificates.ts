import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An authority created for one run, and the certificate of all its servers. */
export interface Certificates {
  authorityFile: string;
  authority: string;
  certificateFile: string;
  keyFile: string;
}

/** Creates both in `directory`, for every host name of the servers. */
export async function makeCertificates(directory: string): Promise<Certificates> {
  await mkdir(directory);
  const file = (name: string): string => path.join(directory, name);
  const openssl = (...parameters: string[]) => run('openssl', parameters, { cwd: directory });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-sha256'];
  await openssl(
    'req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2',
    '-subj', '/CN=Mailgrant end-to-end authority',
    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign',
  );
  await openssl('req', ...newKey, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=mail.e2e.test');
  await writeFile(
    file('server.ext'),
    'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth\n' +
      'subjectAltName=DNS:localhost,DNS:mail.e2e.test,IP:127.0.0.1,IP:127.0.0.2\n',
  );
  await openssl(
    'x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial',
    '-days', '2', '-sha256', '-extfile', 'server.ext', '-out', 'server.pem',
  );
  await chmod(file('server.key'), 0o600);
  return {
    authorityFile: file('ca.pem'),
    authority: await readFile(file('ca.pem'), 'utf8'),
    certificateFile: file('server.pem'),
    keyFile: file('server.key'),
  };
}
