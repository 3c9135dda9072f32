# Runs a program in a root directory of its own, in which its package is installed beside the
# system's programs, and its configuration is where it expects it. Mail servers exclude one another
# as packages, and have fixed paths.
#
# usage: jail.sh ROOT PACKAGE PROGRAM [ARGUMENT...]
set -e
mkdir -p "$1"/usr "$1"/dev "$1"/tmp
chmod 1777 "$1"/tmp
for name in lib lib64 bin sbin; do
  ln -sfn "usr/$name" "$1/$name"
done
exec unshare --mount sh -ec '
  root=$1
  mount -t overlay overlay -o "ro,lowerdir=$2/usr:/usr" "$root/usr"
  mount --bind /dev "$root/dev"
  shift 2
  exec chroot "$root" "$@"
' sh "$@"
