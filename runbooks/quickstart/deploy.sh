#!/bin/sh
# Builds, installs, switches and removes the greeter of the quickstart, below target/quickstart, or
# in the folder below target that `--in` tells:
#
#   builds/greeter-VERSION     what was compiled
#   releases/VERSION/greeter   what was installed, one folder for each version, side by side
#   current                    a link to the release that serves
#   greeter.pid, greeter.log   of the greeter that runs
#
# Every command may be given again at any time: it finishes what an interrupted one left half done.
# It asks nobody, and it verifies nothing: that is the runbook's work.
set -eu

usage='usage (from the top folder of the repository):
  sh runbooks/quickstart/deploy.sh build VERSION          compile it
  sh runbooks/quickstart/deploy.sh build VERSION FLAW     the same with a flaw: see flaw.rs
  sh runbooks/quickstart/deploy.sh install VERSION        lay it beside the other releases
  sh runbooks/quickstart/deploy.sh uninstall VERSION      remove it, unless it serves
  sh runbooks/quickstart/deploy.sh switch VERSION PORT    let it serve instead of the one that does
  sh runbooks/quickstart/deploy.sh stop                   stop the greeter that runs
  sh runbooks/quickstart/deploy.sh clean                  stop it, remove all but the report
  sh runbooks/quickstart/deploy.sh --in target/FOLDER ...  any of these, for a greeter elsewhere'

fail() {
    echo "deploy.sh: $1" >&2
    exit 1
}

[ -f runbooks/quickstart/greeter.rs ] || fail "not in the top folder of the repository
$usage"

folder=target/quickstart
if [ "${1-}" = --in ]; then
    # All that is removed here is removed below this folder, so it must be one of ours.
    case ${2-} in
        *[!a-z0-9/-]* | *//* | */) fail "\`${2-}\` is not a folder like target/quickstart" ;;
        target/?*) folder=$2 ;;
        *) fail "\`${2-}\` is not a folder below target" ;;
    esac
    shift 2
fi
mkdir -p "$folder"
top=$(cd "$folder" && pwd -P)

# Builds and releases are named after versions, so a version must be fit to be a file's name.
check_version() {
    case $1 in
        '' | *[!0-9.]* | .* | *.) fail "\`$1\` is not a version like 1.2.3" ;;
    esac
}

build() {
    mkdir -p "$top/builds"
    # Aside first, then renamed: a file of that name is always a whole program.
    aside=$top/builds/.greeter-$1.$$
    GREETER_VERSION=$1 GREETER_FLAW=${2-} rustc --edition 2024 --crate-name greeter -C debuginfo=0 \
        -o "$aside" runbooks/quickstart/greeter.rs
    mv -f "$aside" "$top/builds/greeter-$1"
    echo "built greeter $1${2:+, with the flaw $2}"
}

install() {
    [ -f "$top/builds/greeter-$1" ] || build "$1"
    mkdir -p "$top/releases/$1"
    cp "$top/builds/greeter-$1" "$top/releases/$1/.greeter.$$"
    mv -f "$top/releases/$1/.greeter.$$" "$top/releases/$1/greeter"
    echo "installed greeter $1 in $folder/releases/$1"
}

# Whether a process is a greeter of ours. Process ids are used again, so the number in a pid file
# may by now be anybody's: what tells is the program that the process runs.
is_ours() {
    program=$(readlink "/proc/$1/exe" 2>/dev/null ||
        ps -ww -o comm= -p "$1" 2>/dev/null) || return 1
    case $program in
        "$top"/*) return 0 ;;
        *) return 1 ;;
    esac
}

stop() {
    pid=$(cat "$top/greeter.pid" 2>/dev/null || :)
    case $pid in
        '' | *[!0-9]*) pid=none ;;
    esac
    if is_ours "$pid"; then
        kill "$pid" 2>/dev/null || : # it may have ended just now
        tries=0
        while is_ours "$pid"; do
            tries=$((tries + 1))
            [ "$tries" -ne 50 ] || kill -KILL "$pid" 2>/dev/null || :
            [ "$tries" -lt 100 ] || fail "process $pid does not end"
            sleep 0.1
        done
        echo "stopped the greeter that was process $pid"
    else
        echo "no greeter was running"
    fi
    rm -f "$top/greeter.pid"
}

start() {
    "$top/current" serve --port "$2" --pid-file "$top/greeter.pid" \
        </dev/null >>"$top/greeter.log" 2>&1 &
    pid=$!
    tries=0
    # A greeter writes its pid file once it has the port, so from then on it answers.
    until [ "$(cat "$top/greeter.pid" 2>/dev/null)" = "$pid" ]; do
        tries=$((tries + 1))
        if [ "$tries" -ge 100 ] || { [ "$tries" -ge 10 ] && ! is_ours "$pid"; }; then
            kill "$pid" 2>/dev/null || :
            fail "greeter $1 did not start; its log ends with:
$(tail -n 3 "$top/greeter.log")"
        fi
        sleep 0.1
    done
    echo "started greeter $1 as process $pid on 127.0.0.1:$2"
}

# The release is made if it is not there, so that going back works even after a clean-up.
switch() {
    [ -f "$top/releases/$1/greeter" ] || install "$1"
    # A link to a file, not to a folder: so `mv` replaces it in one instant, on every Unix.
    rm -f "$top/current.new"
    ln -s "releases/$1/greeter" "$top/current.new"
    mv -f "$top/current.new" "$top/current"
    stop
    start "$1" "$2"
}

# For an installed release that shall go away again. The one that serves stays.
uninstall() {
    [ "$(readlink "$top/current" || :)" != "releases/$1/greeter" ] ||
        fail "greeter $1 serves: switch to another version first"
    rm -rf "$top/releases/$1"
    echo "removed $folder/releases/$1"
}

clean() {
    stop
    rm -rf "$top/builds" "$top/releases"
    rm -f "$top/current" "$top/current.new" "$top/greeter.log" "$top/greeter.pid-new" \
        "$top/tests.xml" "$top/rehearsed" "$top/announcements"
    echo "nothing is left in $folder but the last report, if there is one"
}

case "${1-} $#" in
    'build 2' | 'build 3' | 'install 2' | 'uninstall 2' | 'switch 3')
        check_version "$2"
        "$@" ;;
    'stop 1' | 'clean 1') "$1" ;;
    *) fail "$usage" ;;
esac
