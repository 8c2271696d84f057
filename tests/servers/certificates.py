"""Certificates for servers on this machine, made by openssl; each is its own authority, so it serves as `ca_file`."""

from __future__ import annotations

from pathlib import Path

from tests.servers.ground import program, run


def make_certificate(folder: Path, host: str = "localhost") -> Path:
    """Write a PEM file with a key and a certificate for `host` and 127.0.0.1; return its path."""
    names = "DNS:localhost,IP:127.0.0.1" if host == "localhost" else f"DNS:{host}"
    key, certificate, both = folder / f"{host}.key", folder / f"{host}.crt", folder / f"{host}.pem"
    run([
        program("openssl", "openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-nodes", "-days", "2", "-subj", f"/CN={host}", "-addext", f"subjectAltName={names}",
        "-keyout", str(key), "-out", str(certificate),
    ])  # fmt: skip
    both.write_text(key.read_text() + certificate.read_text())
    return both
