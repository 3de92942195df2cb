#!/usr/bin/env bash
# Sign a bundle for macOS, have it notarised, staple the ticket, and look at the result as a Mac would.
#
#   release/sign_macos.sh BUNDLE...          BUNDLE: SpotID.app, or the folder with the programs (not notarised)
#   release/sign_macos.sh --verify BUNDLE... only look; fails where something is not signed
#
# Reads from the environment; where the first is empty, it says so and leaves the bundle unsigned:
#   MACOS_CERTIFICATE            the “Developer ID Application” certificate with its key, .p12, in base64
#   MACOS_CERTIFICATE_PASSWORD   its password
#   MACOS_NOTARY_KEY             key of the App Store Connect interface, .p8, in base64; empty: signed, not notarised
#   MACOS_NOTARY_KEY_ID, MACOS_NOTARY_ISSUER   its two names
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
entitlements=$here/entitlements.plist

usage() {
    sed -n '2,/^set -e/p' "${BASH_SOURCE[0]}" | sed -e '/^set -e/d' -e 's/^# \{0,1\}//'
}

only_verify=""
case "${1-}" in
    -h | --help) usage; exit 0 ;;
    --verify) only_verify=yes; shift ;;
    -*) echo "There is no option $1." >&2; usage >&2; exit 2 ;;
esac
if [ $# -eq 0 ]; then
    echo "Say which bundle is to be signed." >&2
    usage >&2
    exit 2
fi
for bundle in "$@"; do
    if [ ! -d "$bundle" ]; then
        echo "$bundle is no folder." >&2
        exit 2
    fi
done
if [ -z "$only_verify" ] && [ -z "${MACOS_CERTIFICATE-}" ]; then
    echo "MACOS_CERTIFICATE is empty: the bundle stays unsigned. macOS will ask its users to confirm the first start."
    exit 0
fi
if [ -z "$only_verify" ] && [ -z "${MACOS_CERTIFICATE_PASSWORD-}" ]; then
    echo "MACOS_CERTIFICATE is set, MACOS_CERTIFICATE_PASSWORD is not." >&2
    exit 2
fi
if [ -n "${MACOS_NOTARY_KEY-}" ] && { [ -z "${MACOS_NOTARY_KEY_ID-}" ] || [ -z "${MACOS_NOTARY_ISSUER-}" ]; }; then
    echo "MACOS_NOTARY_KEY needs MACOS_NOTARY_KEY_ID and MACOS_NOTARY_ISSUER too." >&2
    exit 2
fi
for tool in codesign security xcrun ditto file; do
    if ! command -v "$tool" >/dev/null; then
        echo "The tool $tool is not here: signing for macOS needs a Mac with Apple's command line tools." >&2
        exit 3
    fi
done

# Machine code inside a bundle, the deepest first: what holds a signed file is signed after it.
machine_code() {
    find "$1" -type f -print0 | while IFS= read -r -d '' path; do
        case "$(file -b "$path")" in
            Mach-O*) printf '%s\t%s\n' "$(printf '%s' "$path" | tr -cd / | wc -c | tr -d ' ')" "$path" ;;
        esac
    done | sort -rn | cut -f2-
}

verify() {
    local bundle=$1
    if [[ $bundle == *.app ]]; then
        codesign --verify --deep --strict --verbose=2 "$bundle"
        codesign --display --verbose=4 "$bundle" 2>&1 | grep -q 'flags=.*runtime' || {
            echo "$bundle has no hardened runtime." >&2
            return 1
        }
        if [ -n "${MACOS_NOTARY_KEY-}" ]; then
            xcrun stapler validate "$bundle"
            spctl --assess --type execute --verbose=2 "$bundle"
        fi
    fi
    machine_code "$bundle" | while IFS= read -r path; do
        codesign --verify --strict "$path" || { echo "$path is not signed as it should be." >&2; exit 1; }
        if codesign --display --verbose=2 "$path" 2>&1 | grep -q '^Signature=adhoc'; then
            echo "$path carries no identity." >&2
            exit 1
        fi
    done
    echo "$bundle: every signature holds."
}

if [ -n "$only_verify" ]; then
    for bundle in "$@"; do verify "$bundle"; done
    exit 0
fi

secrets=$(mktemp -d)
keychain=$secrets/spotid.keychain-db
before=$(security list-keychains -d user | tr -d '"' | xargs)
tidy() {
    # shellcheck disable=SC2086  # a list of paths without spaces, as macOS names its keychains
    security list-keychains -d user -s $before || true
    security delete-keychain "$keychain" 2>/dev/null || true
    rm -rf "$secrets"
}
trap tidy EXIT

umask 077
printf '%s' "$MACOS_CERTIFICATE" | base64 --decode >"$secrets/certificate.p12"
lock=$(openssl rand -hex 24)
security create-keychain -p "$lock" "$keychain"
security set-keychain-settings -lut 7200 "$keychain"
security unlock-keychain -p "$lock" "$keychain"
security import "$secrets/certificate.p12" -k "$keychain" -P "$MACOS_CERTIFICATE_PASSWORD" -T "$(command -v codesign)"
security set-key-partition-list -S apple-tool:,apple:,codesign: -s -k "$lock" "$keychain" >/dev/null
# shellcheck disable=SC2086
security list-keychains -d user -s "$keychain" $before
identity=$(security find-identity -v -p codesigning "$keychain" | awk '/Developer ID Application/ { print $2; exit }')
if [ -z "$identity" ]; then
    echo "The certificate is no valid Developer ID Application: macOS would not accept the signature." >&2
    exit 4
fi

sign() {
    codesign --force --timestamp --options runtime --keychain "$keychain" --sign "$identity" "$@"
}

for bundle in "$@"; do
    count=0
    # An app's own program is signed with the app, when everything inside is signed already.
    main=$bundle/Contents/MacOS/$(basename "$bundle" .app)
    while IFS= read -r path; do
        if [ "$path" = "$main" ]; then continue; fi
        case "$(file -b "$path")" in
            *executable*) sign --entitlements "$entitlements" "$path" ;;
            *) sign "$path" ;;
        esac
        count=$((count + 1))
    done < <(machine_code "$bundle")
    find "$bundle" -depth -type d -name '*.framework' -print0 | while IFS= read -r -d '' framework; do
        sign "$framework"
    done
    if [[ $bundle == *.app ]]; then
        sign --entitlements "$entitlements" "$bundle"
    fi
    echo "$bundle: $count files of machine code signed."

    if [[ $bundle != *.app ]]; then
        echo "$bundle is no app: a ticket can't be stapled to it, so it is not notarised."
    elif [ -z "${MACOS_NOTARY_KEY-}" ]; then
        echo "MACOS_NOTARY_KEY is empty: signed, but not notarised. macOS will ask to confirm the first start."
    else
        printf '%s' "$MACOS_NOTARY_KEY" | base64 --decode >"$secrets/notary.p8"
        notary=(--key "$secrets/notary.p8" --key-id "$MACOS_NOTARY_KEY_ID" --issuer "$MACOS_NOTARY_ISSUER")
        ditto -c -k --keepParent "$bundle" "$secrets/bundle.zip"
        xcrun notarytool submit "$secrets/bundle.zip" "${notary[@]}" --wait --timeout 45m --output-format json \
            | tee "$secrets/answer.json"
        if ! grep -q '"status" *: *"Accepted"' "$secrets/answer.json"; then
            number=$(sed -n 's/.*"id" *: *"\([^"]*\)".*/\1/p' "$secrets/answer.json" | head -n 1)
            if [ -n "$number" ]; then
                xcrun notarytool log "$number" "${notary[@]}" >&2 || true
            fi
            echo "Apple has not accepted $bundle." >&2
            exit 5
        fi
        xcrun stapler staple "$bundle"
    fi
    verify "$bundle"
done
