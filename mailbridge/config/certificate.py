"""Makes the self-signed certificate of a new desk with the `openssl` command; nothing of ours does cryptography."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

_DAYS = 3650
# An own configuration: some small systems ship the command without its file.
_REQUEST = """\
[req]
distinguished_name = name
x509_extensions = self
prompt = no
[name]
CN = {host}
[self]
subjectAltName = {names}
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
"""


def make_certificate(certificate: Path, private_key: Path, hosts: tuple[str, ...]) -> bool:
    """Write a certificate for these host names (and 127.0.0.1, ::1) and its key, mode 600.

    Return False, and write nothing, when there is no `openssl` command or it fails: then a desk has no TLS.
    """
    command = shutil.which("openssl")
    if command is None:
        return False
    request = certificate.with_suffix(".request")
    names = ", ".join([*(f"DNS:{host}" for host in hosts), "IP:127.0.0.1", "IP:::1"])
    request.write_text(_REQUEST.format(host=hosts[0], names=names), encoding="utf-8")
    private_key.touch(mode=0o600)
    try:
        done = subprocess.run(  # noqa: S603 - no shell, a fixed command, names that were checked
            [command, "req", "-x509", "-config", request, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-sha256", "-days", str(_DAYS), "-keyout", private_key, "-out", certificate],
            capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        done = None
    request.unlink()
    if done is None or done.returncode or not certificate.is_file():
        certificate.unlink(missing_ok=True)
        private_key.unlink(missing_ok=True)
        return False
    return True
