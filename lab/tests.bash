# shellcheck shell=bash
# The verb test of lab/lab, which sources this: every level of tests, on this machine and in the guest, and one sum of them.

results='' running=''

# Runs a command as one part of the tests: its output is shown and kept in the folder of results under a name.
part() {
    local name=$1
    shift
    printf '\n=== %s\n' "$name"
    # In the background, so that a signal to us ends it, and with it the guest, at once.
    (set -o pipefail; "$@" </dev/null 2>&1 | tee "$results/$name") &
    running=$!
    wait "$running"
    local status=$?
    running=''
    echo "$status" >"$results/$name.status"
}

# Adds up the last lines of xunit's runs ("Total: 49, Errors: 0, Failed: 1, Skipped: 2, Not Run: 0, ..."), and of play's.
count() {
    local name=$1 line total errors failed skipped other
    line=$(grep -E ' Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+, Not Run: [0-9]+' "$results/$name" | tail -n 1)
    if [ -z "$line" ]; then
        # It died before it could count.
        problems+=("$name ended with status $(cat "$results/$name.status") and no count")
        ran=0
        return
    fi
    read -r total errors failed skipped other <<<"$(tr -cs '0-9\n' ' ' <<<"${line#* Total: }")"
    ran=$((total - skipped - ${other%% *}))
    passed=$((passed + ran - failed))
    fails=$((fails + failed + errors))
    skips=$((skips + skipped))
    if [ "$failed$errors" = 00 ] && [ "$(cat "$results/$name.status")" != 0 ]; then
        problems+=("$name ended with status $(cat "$results/$name.status")")
    fi
}

in_kernel() (run "$@")

run_tests() {
    local passed=0 fails=0 skips=0 ran=0 ran_at_all problems=() name
    local tests=$root/tests/LvsAdmin.Tests/bin/Release/$tools/LvsAdmin.Tests.dll
    local xunit=(dotnet "$tests" -noColor -noLogo -noAutoReporters)

    results=$(mktemp -d /tmp/lvs-tests.XXXXXX) || die "no temporary folder"
    trap 'rm -rf "$results"' EXIT
    trap '[ -z "$running" ] || { kill "$running"; wait "$running"; }; exit 143' INT TERM HUP

    part machine "${xunit[@]}" -trait- Level=Kernel "$@"
    count machine
    ran_at_all=$ran

    part kernel in_kernel "${xunit[@]}" -trait Level=Kernel "$@"
    count kernel
    ran_at_all=$((ran_at_all + ran))
    # A filter may well choose tests of the other level only.
    if [ $ran -eq 0 ] && [ $# -eq 0 ]; then problems+=("the kernel level did not run"); fi
    if [ $ran_at_all -eq 0 ]; then problems+=("nothing ran"); fi

    echo
    if [ $skips -gt 0 ]; then
        echo "Skipped:"
        for name in machine kernel; do
            # A name and, in the next line, the reason.
            sed -nE "/^ +(.*) \[SKIP\]\$/{s//  \1: /;N;s/\n +//;s/\$/ ($name)/p}" "$results/$name"
        done
    fi
    for name in "${problems[@]}"; do echo "FAILED: $name"; done
    echo "$passed passed, $((fails + ${#problems[@]})) failed, $skips skipped"
    [ $((fails + ${#problems[@]})) -eq 0 ]
    exit
}
