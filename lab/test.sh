# shellcheck shell=bash
# lab/lab test: every level of tests that this machine can run, and what could not be run, by name.
# Sourced by lab/lab, whose in_guest, say and die it uses.

passed=0
failed=0
skipped=0
not_run=()

# Logs of the last run, by level.
results_dir="$root_dir/TestResults"

# add_results LEVEL STATUS: counts what the log of a level says in its summary, and remembers its skipped tests.
add_results() {
    local level=$1 status=$2 log="$results_dir/$1.log" line name reason
    ran=0
    line=$(grep -E '^ .* Total: [0-9]+(, Errors|$)' "$log" | tail -n 1) || true
    # That is all it says where no test was found.
    [[ $line != *' Total: 0' ]] || line='Total: 0, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0'
    if ! [[ $line =~ Total:\ ([0-9]+),\ Errors:\ ([0-9]+),\ Failed:\ ([0-9]+),\ Skipped:\ ([0-9]+),\ Not\ Run:\ ([0-9]+) ]]; then
        say "the $level tests ended without a summary (status $status)."
        failed=$((failed + 1))
        return
    fi
    local total=${BASH_REMATCH[1]} bad=$((BASH_REMATCH[2] + BASH_REMATCH[3])) without=$((BASH_REMATCH[4] + BASH_REMATCH[5]))
    if [ "$status" != 0 ] && [ "$bad" = 0 ]; then
        say "the $level tests ended with status $status although none failed."
        bad=1
        total=$((total + 1))
    fi
    ran=$((total - without))
    passed=$((passed + ran - bad))
    failed=$((failed + bad))
    skipped=$((skipped + without))

    # A skipped test is a line that ends in [SKIP], its reason the line below.
    while IFS= read -r line; do
        [[ $line == *' [SKIP]' ]] || continue
        name=${line% \[SKIP\]}
        IFS= read -r reason || true
        not_run+=("${name#"${name%%[! ]*}"}: ${reason#"${reason%%[! ]*}"}")
    done <"$log"
}

# run_logged LEVEL COMMAND...: runs a command that runs tests; its output is shown as it comes, and kept.
run_logged() {
    local level=$1 status=0 out tee
    shift
    # Not a pipe: in_guest must stay in this shell, where its traps end the guest.
    exec {out}> >(exec tee "$results_dir/$level.log")
    tee=$!
    "$@" >&"$out" || status=$?
    exec {out}>&-
    wait "$tee" || true
    add_results "$level" "$status"
}

skip() {
    skipped=$((skipped + 1))
    not_run+=("$1")
}

run_powershell_checks() {
    local suites="$root_dir/tests/Pester" reason=''
    if ! command -v pwsh >/dev/null; then
        reason='there is no pwsh on this machine'
    fi
    if [ -z "$reason" ] && has_module PSScriptAnalyzer; then
        say "PSScriptAnalyzer, here"
        run_logged analyzer pwsh -NoProfile -NonInteractive -File "$lab_dir/analyze.ps1"
    else
        skip "PSScriptAnalyzer: ${reason:-this pwsh has no module PSScriptAnalyzer}"
    fi
    [ -d "$suites" ] || return 0
    if [ -z "$reason" ] && has_module Pester; then
        say "Pester, in the lab's kernel"
        run_logged pester in_guest bash "$lab_dir/with-topology" 2 pwsh -NoProfile -NonInteractive -File "$lab_dir/pester.ps1" "$suites"
    else
        skip "Pester: ${reason:-this pwsh has no module Pester}"
    fi
}

has_module() {
    pwsh -NoProfile -NonInteractive -Command "if (-not (Get-Module -ListAvailable $1)) { exit 1 }"
}

# run_tests TESTS_DLL [ARGS]: the arguments are filters of the test program (see its -?), and leave out the PowerShell checks.
run_tests() {
    local tests=$1 common=(-noLogo -noColor -noAutoReporters) kernel_ran
    shift
    mkdir -p "$results_dir"

    say "tests without a kernel, here"
    run_logged host dotnet "$tests" "${common[@]}" -trait- Level=Kernel "$@"

    # With a filter, there may be nothing to boot a kernel for.
    if [ $# -eq 0 ] || [ "$(dotnet "$tests" "${common[@]}" -list tests/json -trait Level=Kernel "$@")" != '[]' ]; then
        say "tests of the kernel level, in the lab's kernel"
        run_logged kernel in_guest dotnet "$tests" "${common[@]}" -parallelMode none -trait Level=Kernel "$@"
        kernel_ran=$ran
    fi
    [ $# -gt 0 ] || run_powershell_checks

    if [ ${#not_run[@]} -gt 0 ]; then
        say "not run:"
        printf '  %s\n' "${not_run[@]}"
    fi
    local status=0
    if [ "${kernel_ran:-1}" = 0 ]; then
        say "the kernel level ran no test."
        status=1
    fi
    if [ $((passed + failed)) = 0 ]; then
        say "nothing ran."
        status=1
    fi
    [ "$failed" = 0 ] || status=1
    if [ "$skipped" = 0 ]; then
        echo "$passed passed, $failed failed"
    else
        echo "$passed passed, $failed failed, $skipped skipped"
    fi
    return "$status"
}
