# Run in the session of Install-LvsModule: puts the chunks of files that come as input beside their place, and moves them there when all have arrived.
param([string] $path, [hashtable] $digests)
$ErrorActionPreference = 'Stop'
$parent = [System.IO.Path]::GetDirectoryName($path)
$unique = [System.Guid]::NewGuid().ToString('n')
$new = [System.IO.Path]::Combine($parent, '.new-' + $unique)
$old = [System.IO.Path]::Combine($parent, '.old-' + $unique)
try {
    $null = [System.IO.Directory]::CreateDirectory($new)
    foreach ($chunk in $input) {
        $file = [System.IO.Path]::Combine($new, $chunk.Name)
        $null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($file))
        $stream = [System.IO.File]::Open($file, 'Append')
        try {
            $bytes = [byte[]]$chunk.Bytes
            $stream.Write($bytes, 0, $bytes.Length)
        }
        finally {
            $stream.Dispose()
        }
    }

    foreach ($name in $digests.Keys) {
        $sha = [System.Security.Cryptography.SHA256]::Create()
        $content = [System.IO.File]::ReadAllBytes([System.IO.Path]::Combine($new, $name))
        $digest = [System.BitConverter]::ToString($sha.ComputeHash($content)).Replace('-', '')
        if ($digest -ne $digests[$name]) { throw "The file $name did not arrive as it was sent." }
    }

    $replaces = [System.IO.Directory]::Exists($path)
    if ($replaces) { [System.IO.Directory]::Move($path, $old) }
    try {
        [System.IO.Directory]::Move($new, $path)
    }
    catch {
        if ($replaces) { [System.IO.Directory]::Move($old, $path) }
        throw
    }
}
catch {
    $reason = $_.Exception
    while ($reason -and $reason -isnot [System.UnauthorizedAccessException]) { $reason = $reason.InnerException }
    if (-not $reason) { throw }
    throw [System.Management.Automation.ErrorRecord]::new($reason, 'AccessDenied', 'PermissionDenied', $path)
}
finally {
    foreach ($folder in $new, $old) {
        if ([System.IO.Directory]::Exists($folder)) {
            # A file of the old version that is in use stays, and the folder with it; the new version is in its place.
            try { [System.IO.Directory]::Delete($folder, $true) } catch { Write-Verbose $_.Exception.Message }
        }
    }
}
