"""Runs PyKMIP's own server with everything it keeps in one folder, its certificates included.

  python3 pykmip_server.py FOLDER PORT
Writes ca.crt, and certificate and key of the server and of the client `app`. Prints `ready` once it is bound.
"""

import datetime
import ipaddress
import sys
import warnings

warnings.filterwarnings("ignore")

from cryptography import x509  # noqa: E402
from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID  # noqa: E402
from kmip.services.server.server import KmipServer  # noqa: E402

PEM = serialization.Encoding.PEM


def certify(subject, issuer, purpose):
    """A key and its certificate; an authority's when no purpose is given."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    signer, signer_name = issuer or (key, names)
    began = datetime.datetime.utcnow() - datetime.timedelta(hours=1)
    builder = (
        x509.CertificateBuilder().subject_name(names).issuer_name(signer_name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(began)
        .not_valid_after(began + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=purpose is None, path_length=None), critical=True))
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False).add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
    return key, names, builder.sign(signer, hashes.SHA256())


def write(folder, name, key, certificate):
    with open("%s/%s.crt" % (folder, name), "wb") as out:
        out.write(certificate.public_bytes(PEM))
    with open("%s/%s.key" % (folder, name), "wb") as out:
        out.write(key.private_bytes(
            PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


def main():
    folder, port = sys.argv[1], int(sys.argv[2])
    key, names, certificate = certify("authority", None, None)
    write(folder, "ca", key, certificate)
    for name, purpose in (("server", ExtendedKeyUsageOID.SERVER_AUTH), ("app", ExtendedKeyUsageOID.CLIENT_AUTH)):
        own, _, issued = certify(name, (key, names), purpose)
        write(folder, name, own, issued)
    server = KmipServer(
        hostname="127.0.0.1", port=port, certificate_path=folder + "/server.crt", key_path=folder + "/server.key",
        ca_path=folder + "/ca.crt", auth_suite="TLS1.2", config_path=None, log_path=folder + "/server.log",
        policy_path=folder, enable_tls_client_auth=True, logging_level="INFO", database_path=folder + "/keys.db",
        tls_cipher_suites="TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")
    server.start()
    print("ready", flush=True)
    server.serve()


if __name__ == "__main__":
    main()
