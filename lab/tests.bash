# shellcheck shell=bash disable=SC2154 # here, root and tools are those of lab/lab
# The verb test of lab/lab, which sources this: every level of tests, on this machine and in the guest, and one sum of them.

results='' running='' beside=''

# Runs a command as one part of the tests: its output is shown and kept in the folder of results under a name.
part() {
    local name=$1 log tee status=0
    shift
    printf '\n=== %s\n' "$name"
    exec {log}> >(exec tee "$results/$name")
    tee=$!
    # In the background and not in a pipe, so that a signal to us can end just this, and with it the guest, at once.
    "$@" </dev/null >&"$log" 2>&1 &
    running=$!
    exec {log}>&-
    wait "$running" || status=$?
    running=''
    wait "$tee"
    echo "$status" >"$results/$name.status"
}

# Runs a command as a part beside the others, quietly; part_beside_done shows what it said.
part_beside() {
    local name=$1
    shift
    "$@" </dev/null >"$results/$name" 2>&1 &
    beside=$!
}

part_beside_done() {
    local name=$1 status=0
    printf '\n=== %s\n' "$name"
    wait "$beside" || status=$?
    beside=''
    cat "$results/$name"
    echo "$status" >"$results/$name.status"
}

# What needs a guest only, or little, while the tests of this machine use its other processors: one after the other, quietly.
aside() {
    local name
    trap '[ -z "$running" ] || { kill "$running"; wait "$running"; }; exit 143' TERM
    play "$root/examples/first-light.ps1"
    quietly demo run "${command[@]}"
    for name in "$@"; do
        case $name in
            PSScriptAnalyzer) quietly "$name" pwsh -NoProfile -NonInteractive -File "$here/analyze.ps1" ;;
            runbooks) quietly "$name" run "$here/topology" with 3 pwsh -NoProfile -NonInteractive -File "$here/runbooks.ps1" ;;
        esac
    done
}

quietly() {
    local name=$1 status=0
    shift
    "$@" </dev/null >"$results/$name" 2>&1 &
    running=$!
    wait "$running" || status=$?
    running=''
    echo "$status" >"$results/$name.status"
}

aside_done() {
    local name status
    wait "$beside"
    beside=''
    # The demo counts as one test: it is good when it comes to its end. What it shows is for people, and would hide here what the tests say.
    read -r status <"$results/demo.status"
    printf '\n=== demo\n'
    [ "$status" = 0 ] || cat "$results/demo"
    echo "   first-light.ps1  Total: 1, Errors: 0, Failed: $((status != 0)), Skipped: 0, Not Run: 0" | tee -a "$results/demo"
    count demo
    for name in "$@"; do
        printf '\n=== %s\n' "$name"
        cat "$results/$name"
        count "$name"
    done
}

# Adds up the last lines of xunit's runs ("Total: 49, Errors: 0, Failed: 1, Skipped: 2, Not Run: 0, ..."); those of the demo,
# analyze.ps1 and runbooks.ps1 are made to look like them. Of no tests at all, xunit says "Total: 0" and no more.
count() {
    local name=$1 line total errors failed skipped other
    line=$(grep -E ' Total: [0-9]+(, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+, Not Run: [0-9]+|$)' "$results/$name" | tail -n 1)
    if [ -z "$line" ]; then
        # It died before it could count.
        problems+=("$name ended with status $(cat "$results/$name.status") and no count")
        ran=0
        return
    fi
    read -r total errors failed skipped other <<<"$(tr -cs '0-9\n' ' ' <<<"${line#* Total: }, 0, 0, 0, 0")"
    ran=$((total - skipped - ${other%% *}))
    passed=$((passed + ran - failed))
    fails=$((fails + failed + errors))
    skips=$((skips + skipped))
    if [ "$failed$errors" = 00 ] && [ "$(cat "$results/$name.status")" != 0 ]; then
        problems+=("$name ended with status $(cat "$results/$name.status")")
    fi
}

# has_module NAME: or counts what needs it as skipped.
has_module() {
    local reason='this machine has no pwsh'
    if command -v pwsh >/dev/null; then
        reason="pwsh has no module $1"
        pwsh -NoProfile -NonInteractive -Command "exit [int](-not (Get-Module -ListAvailable $1))" </dev/null && return 0
    fi
    skips=$((skips + 1))
    missing+=("$1: $reason")
    return 1
}

# The deployments that were broken on purpose, as the tests of Test-LvsDeployment wrote them down: one line each.
scenarios() {
    local lines
    lines=$(cd "$results" && cat -- "${kernel[@]}" 2>/dev/null | sed -n 's/^SCENARIO //p')
    [ -n "$lines" ] || return 0
    printf '\n%-46s %-8s %-20s %-5s %-12s %s\n' 'Broken on purpose' 'In' 'Cause' 'Found' 'Sole finding' 'Repaired'
    printf '%s\n' "$lines"
}

run_tests() {
    local passed=0 fails=0 skips=0 ran=0 ran_at_all problems=() missing=() kernel=(kernel) ours=() others=() apart=() name
    local tests=$root/tests/LvsAdmin.Tests/bin/Release/$tools/LvsAdmin.Tests.dll
    local xunit=(dotnet "$tests" -noColor -noLogo -noAutoReporters)

    # Half of the kernel level takes ten minutes, and three times as long on a busy machine.
    : "${LAB_TIMEOUT:=2400}"
    results=$(mktemp -d /tmp/lvs-tests.XXXXXX) || die "no temporary folder"
    trap 'rm -rf "$results"' EXIT
    trap 'for process in $running $beside; do kill "$process"; wait "$process"; done; exit 143' INT TERM HUP

    # Beforehand, for parts that run beside each other cannot both install.
    if [ -n "$native" ]; then install_missing "${needs[@]}"; else install_missing linux.uml:user-mode-linux "${needs[@]}"; fi
    if [ $# -eq 0 ]; then
        # What is checked with PowerShell's own tools, where a pwsh has them.
        if has_module PSScriptAnalyzer; then apart+=(PSScriptAnalyzer); fi
        if has_module Pester; then apart+=(runbooks); fi
        aside "${apart[@]}" &
        beside=$!
    fi
    part machine "${xunit[@]}" -trait- Level=Kernel -trait- Level=Fleet "$@"
    count machine
    ran_at_all=$ran

    # Real SSH servers in namespaces: of this machine where it lets us make some, otherwise of a guest, where logins are slower.
    if [ -z "$native" ] && [ "$(id -u)" = 0 ] && unshare --mount --net --pid --fork true 2>/dev/null; then
        part fleet "$here/fleet" run 40 "${xunit[@]}" -trait Level=Fleet "$@"
    else
        part fleet run "$here/fleet" run 40 "${xunit[@]}" -trait Level=Fleet "$@"
    fi
    count fleet
    ran_at_all=$((ran_at_all + ran))
    if [ $ran -eq 0 ] && [ $# -eq 0 ]; then problems+=("the fleet level did not run"); fi
    [ $# -gt 0 ] || aside_done "${apart[@]}"

    if [ $# -eq 0 ] && [ -z "$native" ] && [ "$(nproc)" -gt 1 ]; then
        # A guest has one processor: two of them, each with half of the tests, take half of the time.
        kernel=(kernel kernel-traffic)
        for name in Kernel Cmdlets Configuration Contract Network.Persistence Remoting; do
            ours+=(-namespace "LvsAdmin.Tests.$name")
            others+=(-namespace- "LvsAdmin.Tests.$name")
        done
        part_beside kernel-traffic run "${xunit[@]}" -trait Level=Kernel "${ours[@]}"
        part kernel run "${xunit[@]}" -trait Level=Kernel "${others[@]}"
        part_beside_done kernel-traffic
    else
        part kernel run "${xunit[@]}" -trait Level=Kernel "$@"
    fi
    for name in "${kernel[@]}"; do
        count "$name"
        ran_at_all=$((ran_at_all + ran))
        # A filter may well choose tests of the other level only.
        if [ $ran -eq 0 ] && [ $# -eq 0 ]; then problems+=("the kernel level did not run ($name)"); fi
    done
    if [ $ran_at_all -eq 0 ]; then problems+=("nothing ran"); fi

    scenarios
    echo
    if [ $skips -gt 0 ]; then
        echo "Skipped:"
        for name in machine fleet "${kernel[@]}"; do
            # A name and, in the next line, the reason.
            sed -nE "/^ +(.*) \[SKIP\]\$/{s//  \1: /;N;s/\n +//;s/\$/ ($name)/p}" "$results/$name"
        done
        [ ${#missing[@]} -eq 0 ] || printf '  %s\n' "${missing[@]}"
    fi
    if [ $fails -gt 0 ]; then
        echo "Failed:"
        for name in machine fleet "${kernel[@]}"; do
            # A name and, below it, what was wrong, up to the trace of the stack.
            awk -v part="$name" '/^ +.* \[FAIL\]$/ { sub(/ \[FAIL\]$/, " (" part ")"); sub(/^ +/, "  "); print; lines = 8; next }
                /^ +Stack Trace:/ || /^ +.* \[SKIP\]$/ { lines = 0 }
                lines > 0 { lines--; print }' "$results/$name"
        done
    fi
    for name in "${problems[@]}"; do echo "FAILED: $name"; done
    echo "$passed passed, $((fails + ${#problems[@]})) failed, $skips skipped"
    [ $((fails + ${#problems[@]})) -eq 0 ]
    exit
}
