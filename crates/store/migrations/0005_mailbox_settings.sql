-- How the mailbox is signed in to, and how the connection is protected. Rows from before have a password, and the port said the
-- rest.

ALTER TABLE smtp_settings ADD COLUMN mailbox_sign_in TEXT;
ALTER TABLE smtp_settings ADD COLUMN mailbox_security TEXT;

UPDATE smtp_settings
SET mailbox_sign_in = 'password',
    mailbox_security = CASE WHEN mailbox_port = 993 THEN 'implicit_tls' ELSE 'starttls' END
WHERE mailbox_email IS NOT NULL;
