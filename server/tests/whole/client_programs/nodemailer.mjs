// Sends a message with nodemailer. The environment has the settings.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const nodemailer = createRequire(process.env.MODULES)("nodemailer");
const { MODE, AUTH, PORT, CERTIFICATE, SENDER, PASSWORD, FROM, TO, SUBJECT, BODY, ATTACHMENT } = process.env;
const transport = nodemailer.createTransport({
  host: "localhost",
  port: Number(PORT),
  secure: MODE === "tls",
  requireTLS: MODE === "starttls",
  ignoreTLS: MODE === "plain",
  tls: { ca: readFileSync(CERTIFICATE) },
  ...(AUTH === "none" ? {} : { authMethod: AUTH.toUpperCase(), auth: { user: SENDER, pass: PASSWORD } }),
});
await transport.sendMail({
  from: FROM,
  to: TO,
  subject: SUBJECT,
  text: readFileSync(BODY, "utf-8"),
  attachments: [{ filename: "scan.bin", path: ATTACHMENT }],
});
transport.close();
