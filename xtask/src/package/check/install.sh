# Runs as root in a new Debian system with the packages in /packages.
# Installs, uses, upgrades, removes, and purges them.
export DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin
step() { echo "--- $*"; }
fail() { echo "FAILED: $*"; exit 1; }

dpkg --purge mailgrant-mta mailgrant >/dev/null 2>&1 || true
rm -rf /var/lib/mailgrant /etc/mailgrant

step install
dpkg --install /packages/mailgrant_*.deb
test "$(stat -c %U:%G:%a /var/lib/mailgrant)" = mailgrant:mailgrant:700 || fail "mode of the data directory"
test "$(stat -c %U:%G:%a /etc/mailgrant/mailgrant.toml)" = root:mailgrant:640 || fail "mode of the configuration"
test -e /usr/share/man/man1/mailgrant-sender.1.gz || fail "no manual pages"
user="setpriv --reuid mailgrant --regid mailgrant --clear-groups --"
$user mailgrant config | grep -q '^data_directory = "/var/lib/mailgrant" *# /etc/mailgrant/mailgrant.toml' || fail "the configuration is not read"

step start
# No function, so that $! is the server.
$user mailgrant serve >/tmp/log 2>&1 &
server=$!
for _ in $(seq 100); do mailgrant health --ready >/dev/null 2>&1 && break; sleep 0.1; done
mailgrant health --ready || { cat /tmp/log; fail "the server does not start"; }
grep -q "^Set up Mailgrant: http://localhost:3000/setup" /tmp/log || { cat /tmp/log; fail "no link for the first account"; }
$user mailgrant sender add printer >/tmp/sender
grep -q "^password: " /tmp/sender || fail "no sender"

step sendmail
dpkg --install /packages/mailgrant-mta_*.deb
/usr/sbin/sendmail --help | grep -q sendmail || fail "sendmail"
kill $server
wait $server || fail "the server ended with an error"

step upgrade
dpkg --install /packages/mailgrant_*.deb /packages/mailgrant-mta_*.deb
$user mailgrant sender list | grep -q printer || fail "the data is lost after an upgrade"

step remove
dpkg --remove mailgrant-mta mailgrant
test -e /var/lib/mailgrant/mailgrant.db || fail "removing the package has deleted the data"
test -e /etc/mailgrant/mailgrant.toml || fail "removing the package has deleted the configuration"
test ! -e /usr/sbin/sendmail || fail "sendmail is still there"

step purge
dpkg --purge mailgrant-mta mailgrant
test ! -e /var/lib/mailgrant || fail "the data is still there"
test ! -e /etc/mailgrant || fail "the configuration is still there"
step done
