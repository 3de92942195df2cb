<#
.SYNOPSIS
Sign the programs and libraries of a bundle for Windows, and verify every signature.

.DESCRIPTION
    pwsh release/sign_windows.ps1 -Folder build\SpotID
    pwsh release/sign_windows.ps1 -Folder build\SpotID -VerifyOnly

Every .exe, .dll and .pyd without a valid signature is signed; those that their makers have signed are left alone.

Reads from the environment, in this order; where both are empty, it says so and leaves the bundle unsigned:
  Azure Artifact Signing (once called Trusted Signing):
    WINDOWS_SIGNING_ENDPOINT, WINDOWS_SIGNING_ACCOUNT, WINDOWS_SIGNING_PROFILE,
    AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET
  a certificate in a file:
    WINDOWS_CERTIFICATE (.pfx in base64), WINDOWS_CERTIFICATE_PASSWORD
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Folder,
    [switch] $VerifyOnly,
    [string] $TimestampServer = ''
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# The version whose parameters this script was written for.
$ModuleVersion = '0.1.8'

function Get-Code {
    # Files that Windows would run.
    Get-ChildItem -LiteralPath $Folder -Recurse -File | Where-Object { $_.Extension -in '.exe', '.dll', '.pyd' }
}

function Get-Unsigned {
    Get-Code | Where-Object { (Get-AuthenticodeSignature -LiteralPath $_.FullName).Status -ne 'Valid' }
}

function Find-SignTool {
    $kits = Join-Path ${env:ProgramFiles(x86)} 'Windows Kits\10\bin'
    $found = Get-ChildItem -Path $kits -Filter signtool.exe -Recurse -ErrorAction SilentlyContinue |
        Where-Object { $_.FullName -match '\\x64\\' } | Sort-Object FullName | Select-Object -Last 1
    if (-not $found) { throw 'signtool.exe is not here: it belongs to the Windows SDK.' }
    $found.FullName
}

function Test-Signatures {
    $wrong = @(Get-Unsigned)
    foreach ($file in $wrong) {
        $signature = Get-AuthenticodeSignature -LiteralPath $file.FullName
        Write-Host "$($file.FullName): $($signature.Status)"
    }
    if ($wrong.Count) { throw "$($wrong.Count) files have no valid signature." }
    # Without a timestamp a signature ends with its certificate.
    foreach ($file in Get-ChildItem -LiteralPath $Folder -Filter *.exe) {
        if (-not (Get-AuthenticodeSignature -LiteralPath $file.FullName).TimeStamperCertificate) {
            throw "$($file.Name) has no timestamp."
        }
    }
    Write-Host "Every signature holds: $(@(Get-Code).Count) files."
}

function Read-Setting([string] $Name) {
    $value = [Environment]::GetEnvironmentVariable($Name)
    if ($value) { $value } else { '' }
}

if (-not (Test-Path -LiteralPath $Folder -PathType Container)) { throw "$Folder is no folder." }
if (-not @(Get-Code).Count) { throw "There is no program in $Folder." }
if ($VerifyOnly) { Test-Signatures; exit 0 }

$azure = @('WINDOWS_SIGNING_ENDPOINT', 'WINDOWS_SIGNING_ACCOUNT', 'WINDOWS_SIGNING_PROFILE',
    'AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET')
$given = @($azure | Where-Object { Read-Setting $_ })
$certificate = Read-Setting 'WINDOWS_CERTIFICATE'

if ($given.Count -and $given.Count -lt $azure.Count) {
    $lacking = ($azure | Where-Object { $_ -notin $given }) -join ', '
    throw "Signing through Azure lacks: $lacking."
}
if (-not $given.Count -and -not $certificate) {
    Write-Host 'WINDOWS_SIGNING_ENDPOINT and WINDOWS_CERTIFICATE are empty: the bundle stays unsigned.'
    Write-Host 'Windows will ask its users to confirm the first start.'
    exit 0
}

$files = @(Get-Unsigned | ForEach-Object { $_.FullName })
Write-Host "$($files.Count) files to sign."
if ($given.Count) {
    Install-Module -Name ArtifactSigning -RequiredVersion $ModuleVersion -Repository PSGallery -Scope CurrentUser -Force
    $server = if ($TimestampServer) { $TimestampServer } else { 'http://timestamp.acs.microsoft.com' }
    $parameters = @{
        Endpoint               = Read-Setting 'WINDOWS_SIGNING_ENDPOINT'
        CodeSigningAccountName = Read-Setting 'WINDOWS_SIGNING_ACCOUNT'
        CertificateProfileName = Read-Setting 'WINDOWS_SIGNING_PROFILE'
        Files                  = $files -join ','
        FileDigest             = 'SHA256'
        TimestampRfc3161       = $server
        TimestampDigest        = 'SHA256'
    }
    Invoke-ArtifactSigning @parameters
}
else {
    $password = Read-Setting 'WINDOWS_CERTIFICATE_PASSWORD'
    if (-not $password) { throw 'WINDOWS_CERTIFICATE is set, WINDOWS_CERTIFICATE_PASSWORD is not.' }
    $signtool = Find-SignTool
    $server = if ($TimestampServer) { $TimestampServer } else { 'http://timestamp.digicert.com' }
    # The key goes into this user's store and out again: a password on signtool's command line could be seen by others.
    $pfx = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
    $kept = @()
    try {
        [IO.File]::WriteAllBytes($pfx, [Convert]::FromBase64String($certificate))
        $secure = ConvertTo-SecureString -String $password -AsPlainText -Force
        $kept = @(Import-PfxCertificate -FilePath $pfx -CertStoreLocation Cert:\CurrentUser\My -Password $secure)
        $print = ($kept | Where-Object { $_.HasPrivateKey } | Select-Object -First 1).Thumbprint
        for ($at = 0; $at -lt $files.Count; $at += 50) {
            $some = $files[$at..([Math]::Min($at + 49, $files.Count - 1))]
            & $signtool sign /sha1 $print /fd SHA256 /tr $server /td SHA256 /d SpotID @some
            if ($LASTEXITCODE) { throw "signtool ended with $LASTEXITCODE." }
        }
    }
    finally {
        Remove-Item -LiteralPath $pfx -Force -ErrorAction SilentlyContinue
        foreach ($one in $kept) { Remove-Item -LiteralPath "Cert:\CurrentUser\My\$($one.Thumbprint)" -ErrorAction SilentlyContinue }
    }
}
Test-Signatures
