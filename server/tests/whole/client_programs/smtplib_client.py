"""Sends a message with Python's smtplib. The environment has the settings."""

import email.message
import os
import smtplib
import ssl

mode, auth, port = os.environ["MODE"], os.environ["AUTH"], int(os.environ["PORT"])
context = ssl.create_default_context(cafile=os.environ["CERTIFICATE"])
if mode == "tls":
    client = smtplib.SMTP_SSL("localhost", port, context=context)
else:
    client = smtplib.SMTP("localhost", port)
    if mode == "starttls":
        client.starttls(context=context)
client.ehlo()
if auth != "none":
    client.user, client.password = os.environ["SENDER"], os.environ["PASSWORD"]
    client.auth(auth.upper(), getattr(client, f"auth_{auth}"))
message = email.message.EmailMessage()
message["Subject"] = os.environ["SUBJECT"]
message["From"] = os.environ["FROM"]
message["To"] = os.environ["TO"]
with open(os.environ["BODY"], encoding="utf-8") as body:
    message.set_content(body.read())
with open(os.environ["ATTACHMENT"], "rb") as attachment:
    message.add_attachment(
        attachment.read(), maintype="application", subtype="octet-stream", filename="scan.bin"
    )
client.send_message(message)
client.quit()
