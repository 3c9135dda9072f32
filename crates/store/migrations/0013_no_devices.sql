-- Browsers that have signed in before are known by a signed cookie, for which nothing is stored.

DROP TABLE devices;
