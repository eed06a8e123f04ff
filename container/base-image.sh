#!/usr/bin/env bash
# Makes the base images of the Dockerfile from Debian packages, for machines that cannot pull any.
#
#   container/base-image.sh [--with-toolchain DIR] [--suite NAME] [--mirror URL] [--keep DIR]
#
#   dateline-runtime-base:SUITE   what gcr.io/distroless/cc-debian12 holds for us: the C library, libgcc, certificates,
#                                 a user 65532; no shell, no package manager
#   dateline-rust-base:SUITE      gcc and a Rust toolchain, only with --with-toolchain "$(rustc --print sysroot)"
#
# Needs root, debootstrap and docker. The toolchain must run on the suite's C library: one that rustup installed runs
# on every suite since bullseye. Takes about a minute.
set -euo pipefail

usage() {
    sed -n '2,12s/^# \{0,1\}//p' "$0"
    exit "${1:-0}"
}

suite=bookworm mirror="" toolchain="" keep=""
while (($#)); do
    case $1 in
        --with-toolchain) toolchain=${2:?--with-toolchain needs a directory} && shift 2 ;;
        --suite) suite=${2:?--suite needs a name} && shift 2 ;;
        --mirror) mirror=${2:?--mirror needs a URL} && shift 2 ;;
        --keep) keep=${2:?--keep needs a directory} && shift 2 ;;
        -h | --help) usage ;;
        *) echo "unknown argument: $1" >&2 && usage 2 >&2 ;;
    esac
done
for tool in debootstrap docker tar; do
    command -v "$tool" >/dev/null || { echo "$tool is not installed (apt-get install $tool)" >&2 && exit 1; }
done
[[ $EUID -eq 0 ]] || { echo "debootstrap needs root: sudo $0 ..." >&2 && exit 1; }
[[ -z $toolchain || -x $toolchain/bin/cargo ]] || { echo "$toolchain/bin/cargo is not there" >&2 && exit 1; }

if [[ -n $keep ]]; then
    mkdir -p "$keep" && work=$keep
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi

# One small Debian: the build image, and the source of the packages of the runtime image.
debian() {
    [[ -e $work/debian/complete ]] && return
    echo "== Debian $suite"
    rm -rf "$work/debian"
    debootstrap --variant=minbase --include=gcc,libc6-dev,ca-certificates "$suite" "$work/debian" ${mirror:+"$mirror"} \
        >"$work/debootstrap.log" 2>&1 || { tail -20 "$work/debootstrap.log" >&2 && exit 1; }
    touch "$work/debian/complete"
}

runtime() {
    local root=$work/runtime
    echo "== dateline-runtime-base:$suite"
    rm -rf "$root"
    mkdir -p "$root"/{etc/ssl/certs,home/nonroot,proc,sys,dev,run,tmp,usr/bin,usr/sbin,usr/lib,usr/lib64,var/tmp}
    # Merged /usr, as Debian has it: the packages below still name /lib.
    for link in bin sbin lib lib64; do ln -s "usr/$link" "$root/$link"; done
    rm -rf "$work/debian/packages" && mkdir "$work/debian/packages"
    # APT::Sandbox::User: the sandbox user cannot write into the folder.
    chroot "$work/debian" sh -c 'cd /packages && apt-get -o APT::Sandbox::User=root -qq update &&
        apt-get -o APT::Sandbox::User=root -qq download base-files libc6 libgcc-s1 netbase'
    for package in "$work"/debian/packages/*.deb; do
        dpkg-deb --fsys-tarfile "$package" |
            tar -x --keep-directory-symlink -C "$root" --exclude='./usr/share/man' --exclude='./usr/share/lintian'
    done
    # Character set converters of iconv(3), which nothing here calls: a third of the image.
    rm -rf "$root"/usr/lib/*/gconv
    cp "$work/debian/etc/ssl/certs/ca-certificates.crt" "$root/etc/ssl/certs/"
    printf 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n' >"$root/etc/passwd"
    printf 'root:x:0:\nnonroot:x:65532:\n' >"$root/etc/group"
    printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
    chown 65532:65532 "$root/home/nonroot"
    chmod 1777 "$root/tmp" "$root/var/tmp"
    chroot "$root" /sbin/ldconfig 2>/dev/null || ldconfig -r "$root"
    tar -C "$root" -c . | docker import --change 'USER 65532:65532' \
        --change 'ENV PATH=/usr/local/bin:/usr/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt' \
        - "dateline-runtime-base:$suite" >/dev/null
}

rust() {
    local root=$work/debian
    echo "== dateline-rust-base:$suite"
    # Without share/: documentation, hundreds of megabytes.
    mkdir -p "$root/usr/local"
    cp -a "$toolchain"/{bin,lib} "$root/usr/local/"
    [[ ! -d $toolchain/libexec ]] || cp -a "$toolchain/libexec" "$root/usr/local/"
    # cargo must trust what this machine trusts: the crates may come through a proxy with a certificate of its own.
    if [[ -s /etc/ssl/certs/ca-certificates.crt ]]; then
        cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
    fi
    tar -C "$root" -c --exclude=./packages --exclude=./var/cache/apt --exclude=./var/lib/apt/lists . | docker import \
        --change 'ENV PATH=/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin CARGO_HOME=/usr/local/cargo' \
        - "dateline-rust-base:$suite" >/dev/null
}

debian
runtime
if [[ -n $toolchain ]]; then rust; fi
docker images --format '{{.Repository}}:{{.Tag}}  {{.Size}}' | grep "^dateline-\(runtime\|rust\)-base:$suite "
