"""Drives PyKMIP's own client and says as JSON what it saw.

Reads one JSON document from standard input:
  {"host", "port", "version": "1.2", "scene": name, "clients": {name: {"cert", "key", "ca"}}, "given": {...}}
and prints one: {step: {"ok": true, "value": ...} or {"ok": false, "reason": ..., "message": ...}}.
A step that fails does not end the scene; later steps that need its value say so.
"""

import json
import logging
import sys
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

from kmip.core import enums, objects as cobjects  # noqa: E402
from kmip.core.factories.attributes import AttributeFactory  # noqa: E402
from kmip.core.messages import payloads  # noqa: E402
from kmip.pie import objects  # noqa: E402
from kmip.pie.client import ProxyKmipClient  # noqa: E402
from kmip.services.kmip_client import KMIPProxy  # noqa: E402

E = enums
MASK = E.CryptographicUsageMask
ATTRIBUTES = AttributeFactory()


class Scene:
    """Steps by name, and what came of each."""

    def __init__(self, request):
        self.request = request
        self.given = request.get("given", {})
        self.version = E.KMIPVersion["KMIP_" + request["version"].replace(".", "_")]
        self.seen = {}

    def client(self, name="app"):
        who = self.request["clients"][name]
        return ProxyKmipClient(
            hostname=self.request["host"], port=self.request["port"], cert=who["cert"], key=who["key"], ca=who["ca"],
            kmip_version=self.version)

    def proxy(self, name="app"):
        who = self.request["clients"][name]
        return KMIPProxy(
            host=self.request["host"], port=self.request["port"], certfile=who["cert"], keyfile=who["key"],
            ca_certs=who["ca"], kmip_version=self.version)

    def step(self, name, work):
        try:
            value = work()
        except Exception as error:  # what a client sees is what is told
            self.seen[name] = refusal(error)
            return None
        self.seen[name] = {"ok": True, "value": plain(value)}
        return value


def refusal(error):
    reason = getattr(error, "reason", None)
    return {
        "ok": False,
        "kind": type(error).__name__,
        "reason": getattr(reason, "name", None if reason is None else str(reason)),
        "message": str(error),
    }


def plain(value):
    """A value as JSON has it: bytes as hex, enumerations by name, objects by their class and material."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).hex()
    if isinstance(value, E.Enum if hasattr(E, "Enum") else ()):
        return value.name
    if hasattr(value, "name") and hasattr(type(value), "__members__"):
        return value.name
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, objects.ManagedObject):
        return managed(value)
    if isinstance(value, cobjects.Attribute):
        return {"name": value.attribute_name.value, "value": attribute_value(value.attribute_value)}
    return attribute_value(value)


def managed(value):
    said = {"class": type(value).__name__, "value": plain(value.value)}
    for name in ("cryptographic_algorithm", "cryptographic_length", "key_format_type", "data_type", "opaque_type",
                 "certificate_type", "split_key_parts", "key_part_identifier"):
        if getattr(value, name, None) is not None:
            said[name] = plain(getattr(value, name))
    masks = getattr(value, "cryptographic_usage_masks", None)
    if masks:
        said["masks"] = sorted(plain(each) for each in masks)
    return said


def attribute_value(value):
    if hasattr(value, "name_value"):
        return value.name_value.value
    inner = getattr(value, "value", None)
    if inner is not None and not hasattr(inner, "read"):
        return plain(inner)
    return str(value)


def named(pairs):
    """Attributes as {name: [values]}."""
    said = {}
    for each in pairs:
        said.setdefault(each.attribute_name.value, []).append(attribute_value(each.attribute_value))
    return said


# What PyKMIP's client can read. It stops at the others: at Original Creation Date, which is older than it, at a Digest of
# 1.0, which has no Key Format Type, and at the names of certificates and links.
READABLE = {
    "Unique Identifier", "Name", "Object Type", "Cryptographic Algorithm", "Cryptographic Length",
    "Cryptographic Usage Mask", "Lease Time", "State", "Initial Date", "Activation Date",
    "Process Start Date", "Protect Stop Date", "Deactivation Date", "Destroy Date", "Compromise Occurrence Date",
    "Compromise Date", "Archive Date", "Object Group", "Fresh", "Last Change Date", "Contact Information",
}


def attributes_of(client, uid):
    """The attributes of an object, by the names that its own list gives."""
    names = [each for each in client.get_attribute_list(uid) if each in READABLE or each.startswith("x-")]
    return named(client.get_attributes(uid, names)[1])


CBC = {
    "block_cipher_mode": E.BlockCipherMode.CBC,
    "padding_method": E.PaddingMethod.PKCS5,
    "cryptographic_algorithm": E.CryptographicAlgorithm.AES,
}
RANDOM = dict(CBC, random_iv=True)
PSS = {
    "padding_method": E.PaddingMethod.PSS,
    "cryptographic_algorithm": E.CryptographicAlgorithm.RSA,
    "hashing_algorithm": E.HashingAlgorithm.SHA_256,
}
PLAINTEXT = b"what the application keeps"
SYMMETRIC = bytes(range(32))


def samples(given):
    """One object of every type that PyKMIP's client can register."""
    material = {name: bytes.fromhex(value) for name, value in given["material"].items()}
    return {
        "SymmetricKey": objects.SymmetricKey(
            E.CryptographicAlgorithm.AES, 256, SYMMETRIC, [MASK.ENCRYPT, MASK.DECRYPT], name="registered symmetric"),
        "PublicKey": objects.PublicKey(
            E.CryptographicAlgorithm.RSA, 2048, material["publicKey"], E.KeyFormatType.PKCS_1, [MASK.VERIFY],
            name="registered public"),
        "PrivateKey": objects.PrivateKey(
            E.CryptographicAlgorithm.RSA, 2048, material["privateKey"], E.KeyFormatType.PKCS_8, [MASK.SIGN],
            name="registered private"),
        "Certificate": objects.X509Certificate(material["certificate"], [MASK.VERIFY], name="registered certificate"),
        "SecretData": objects.SecretData(
            b"a password", E.SecretDataType.PASSWORD, [MASK.VERIFY], name="registered secret"),
        "OpaqueObject": objects.OpaqueObject(b"any bytes", E.OpaqueDataType.NONE, name="registered opaque"),
        "SplitKey": objects.SplitKey(
            cryptographic_algorithm=E.CryptographicAlgorithm.AES, cryptographic_length=128, key_value=bytes(16),
            cryptographic_usage_masks=[MASK.EXPORT], name="registered split", key_format_type=E.KeyFormatType.RAW,
            split_key_parts=4, key_part_identifier=1, split_key_threshold=2,
            split_key_method=E.SplitKeyMethod.XOR),
    }


def operations(scene):
    """Every operation that the client has, each on objects of its own."""
    step = scene.step
    two = scene.request["version"] >= "2"
    with scene.client() as client:
        symmetric_life(scene, client)
        registered(scene, client)
        keys_in_use(scene, client)
        attributes(scene, client, two)
        pair = step("create_key_pair", lambda: client.create_key_pair(
            E.CryptographicAlgorithm.RSA, 2048, public_name="pair public", public_usage_mask=[MASK.VERIFY],
            private_name="pair private", private_usage_mask=[MASK.SIGN]))
        if pair:
            signed(scene, client, pair)
        if pair:
            step("get of a public key", lambda: client.get(pair[0]))
            step("get of a private key", lambda: client.get(pair[1]))
    proxy = scene.proxy()
    proxy.open()
    try:
        step("query", lambda: query(proxy))
        if scene.request["version"] >= "1.1":
            step("discover_versions", lambda: [
                str(each) for each in proxy.discover_versions().protocol_versions])
    finally:
        proxy.close()


def query(proxy):
    result = proxy.query(query_functions=[
        E.QueryFunction.QUERY_OPERATIONS, E.QueryFunction.QUERY_OBJECTS, E.QueryFunction.QUERY_SERVER_INFORMATION])
    if result.result_status.value is not E.ResultStatus.SUCCESS:
        raise ValueError(str(result.result_message))
    return {
        "operations": [each.value.name if hasattr(each, "value") and hasattr(each.value, "name") else str(each)
                       for each in result.operations],
        "objects": [each.value.name if hasattr(each, "value") and hasattr(each.value, "name") else str(each)
                    for each in result.object_types],
        "vendor": attribute_value(result.vendor_identification),
    }


def symmetric_life(scene, client):
    step = scene.step
    key = step("create", lambda: client.create(
        E.CryptographicAlgorithm.AES, 256, name="life", cryptographic_usage_mask=[MASK.ENCRYPT, MASK.DECRYPT]))
    step("locate by name", lambda: client.locate(attributes=[
        ATTRIBUTES.create_attribute(E.AttributeType.NAME, name("life"))]))
    step("locate by another name", lambda: client.locate(attributes=[
        ATTRIBUTES.create_attribute(E.AttributeType.NAME, name("lif"))]))
    step("get before activation", lambda: client.get(key))
    step("encrypt before activation", lambda: client.encrypt(PLAINTEXT, key, RANDOM))
    step("activate", lambda: client.activate(key))
    step("activate twice", lambda: client.activate(key))
    step("check", lambda: client.check(key, cryptographic_usage_mask=[MASK.ENCRYPT]))
    step("check of a use it has not", lambda: client.check(key, cryptographic_usage_mask=[MASK.SIGN]))
    encrypted = step("encrypt", lambda: client.encrypt(PLAINTEXT, key, RANDOM))
    if encrypted:
        step("decrypt", lambda: client.decrypt(encrypted[0], key, CBC, encrypted[1]))
    step("encrypt under a vector of its own", lambda: client.encrypt(PLAINTEXT, key, CBC, bytes(range(16))))
    step("destroy while active", lambda: client.destroy(key))
    fresh = step("rekey", lambda: client.rekey(key))
    if fresh:
        step("attributes of the re-keyed", lambda: attributes_of(client, key))
        step("attributes of the new", lambda: attributes_of(client, fresh))
    step("revoke", lambda: client.revoke(E.RevocationReasonCode.CESSATION_OF_OPERATION, key, "no longer needed"))
    step("encrypt after revocation", lambda: client.encrypt(PLAINTEXT, key, RANDOM))
    if encrypted:
        step("decrypt after revocation", lambda: client.decrypt(encrypted[0], key, CBC, encrypted[1]))
    step("destroy", lambda: client.destroy(key))
    step("get after destruction", lambda: client.get(key))
    exposed = step("create one that is exposed", lambda: client_key(client, "exposed"))
    step("revoke as compromised", lambda: client.revoke(
        E.RevocationReasonCode.KEY_COMPROMISE, exposed, "seen elsewhere", 1600000000))
    step("state of the compromised", lambda: named(client.get_attributes(exposed, ["State"])[1]))
    step("get of what never was", lambda: client.get("no-such-object"))


def client_key(client, label, masks=(MASK.ENCRYPT, MASK.DECRYPT)):
    key = client.create(E.CryptographicAlgorithm.AES, 256, name=label, cryptographic_usage_mask=list(masks))
    client.activate(key)
    return key


def name(value):
    return cobjects_name(value)


def cobjects_name(value):
    from kmip.core.attributes import Name
    return Name.create(value, E.NameType.UNINTERPRETED_TEXT_STRING)


def registered(scene, client):
    for kind, sample in samples(scene.given).items():
        uid = scene.step("register " + kind, lambda sample=sample: client.register(sample))
        if uid:
            scene.step("get " + kind, lambda uid=uid: client.get(uid))
            scene.step("attributes of " + kind, lambda uid=uid: attributes_of(client, uid))
            scene.step("destroy " + kind, lambda uid=uid: client.destroy(uid))


def keys_in_use(scene, client):
    step = scene.step
    base = step("create for derivation", lambda: client_key(client, "base", (MASK.DERIVE_KEY,)))
    if base:
        derived = step("derive_key", lambda: client.derive_key(
            E.ObjectType.SYMMETRIC_KEY, [base], E.DerivationMethod.HMAC,
            {"cryptographic_parameters": {"hashing_algorithm": E.HashingAlgorithm.SHA_256},
             "derivation_data": b"context", "salt": b"salt"},
            cryptographic_length=128, cryptographic_algorithm=E.CryptographicAlgorithm.AES))
        if derived:
            step("get of the derived", lambda: client.get(derived))
    hmac = objects.SymmetricKey(
        E.CryptographicAlgorithm.HMAC_SHA256, 256, SYMMETRIC, [MASK.MAC_GENERATE, MASK.MAC_VERIFY], name="hmac")
    uid = step("register for mac", lambda: client.register(hmac))
    if uid:
        step("activate for mac", lambda: client.activate(uid))
        step("mac", lambda: client.mac(b"data", uid, E.CryptographicAlgorithm.HMAC_SHA256))


def signed(scene, client, pair):
    public, private = pair
    scene.step("activate the private key", lambda: client.activate(private))
    scene.step("activate the public key", lambda: client.activate(public))
    signature = scene.step("sign", lambda: client.sign(PLAINTEXT, private, PSS))
    if signature:
        scene.step("signature_verify", lambda: client.signature_verify(PLAINTEXT, signature, public, PSS))
        scene.step("signature_verify of other data", lambda: client.signature_verify(b"other", signature, public, PSS))


def attributes(scene, client, two):
    step = scene.step
    key = step("create for attributes", lambda: client.create(
        E.CryptographicAlgorithm.AES, 256, name="first name",
        cryptographic_usage_mask=[MASK.ENCRYPT, MASK.DECRYPT]))
    if not key:
        return
    step("get_attributes", lambda: attributes_of(client, key))
    step("get_attributes by name", lambda: named(client.get_attributes(
        key, ["Name", "State", "Cryptographic Length"])[1]))
    if not two:  # its client has no names of its own in 2.0
        step("get_attributes that are absent", lambda: named(client.get_attributes(key, ["x-Absent"])[1]))
    step("get_attribute_list", lambda: client.get_attribute_list(key))
    if two:
        step("set_attribute", lambda: client.set_attribute(
            key, attribute_name="Contact Information", attribute_value="the database team"))
        step("get_attributes that were set", lambda: named(client.get_attributes(key, ["Contact Information"])[1]))
        step("modify_attribute", lambda: client.modify_attribute(
            key,
            current_attribute=cobjects.CurrentAttribute(attribute=cobjects_name("first name")),
            new_attribute=cobjects.NewAttribute(attribute=cobjects_name("second name"))))
        step("delete_attribute", lambda: client.delete_attribute(
            key, current_attribute=cobjects.CurrentAttribute(attribute=cobjects_name("second name"))))
    else:
        step("modify_attribute", lambda: client.modify_attribute(key, attribute=ATTRIBUTES.create_attribute(
            E.AttributeType.NAME, cobjects_name("second name"), 0)))
        step("delete_attribute", lambda: client.delete_attribute(key, attribute_name="Name", attribute_index=0))
    step("get_attributes after deletion", lambda: named(client.get_attributes(key, ["Name"])[1]))


def strangers(scene):
    """What one client keeps, asked for by another in every way the client knows."""
    with scene.client("app") as owner:
        key = scene.step("create", lambda: client_key(owner, "mine"))
        encrypted = owner.encrypt(PLAINTEXT, key, RANDOM)
    with scene.client("other") as other:
        for name_, uid in (("theirs", key), ("nothing", "no-such-object")):
            ways = {
                "get": lambda: other.get(uid),
                "get_attributes": lambda: other.get_attributes(uid),
                "get_attribute_list": lambda: other.get_attribute_list(uid),
                "activate": lambda: other.activate(uid),
                "revoke": lambda: other.revoke(E.RevocationReasonCode.CESSATION_OF_OPERATION, uid),
                "destroy": lambda: other.destroy(uid),
                "rekey": lambda: other.rekey(uid),
                "check": lambda: other.check(uid, cryptographic_usage_mask=[MASK.ENCRYPT]),
                "encrypt": lambda: other.encrypt(PLAINTEXT, uid, RANDOM),
                "decrypt": lambda: other.decrypt(encrypted[0], uid, CBC, encrypted[1]),
                "mac": lambda: other.mac(b"data", uid, E.CryptographicAlgorithm.HMAC_SHA256),
                "sign": lambda: other.sign(b"data", uid, PSS),
                "modify_attribute": lambda: other.modify_attribute(uid, attribute=ATTRIBUTES.create_attribute(
                    E.AttributeType.NAME, cobjects_name("taken"), 0)),
                "delete_attribute": lambda: other.delete_attribute(uid, attribute_name="Name", attribute_index=0),
            }
            for way, work in ways.items():
                scene.step("%s of %s" % (way, name_), work)
        scene.step("locate of theirs", lambda: other.locate(attributes=[
            ATTRIBUTES.create_attribute(E.AttributeType.NAME, cobjects_name("mine"))]))
        scene.step("locate of everything", lambda: other.locate())
        scene.step("create under the same name", lambda: other.create(
            E.CryptographicAlgorithm.AES, 256, name="mine", cryptographic_usage_mask=[MASK.ENCRYPT]))
    with scene.client("app") as owner:
        scene.step("the owner still decrypts", lambda: owner.decrypt(encrypted[0], key, CBC, encrypted[1]))


def keep(scene):
    """Keeps objects of every type and state, and data under one of the keys."""
    with scene.client() as client:
        kept = {}
        for kind, sample in samples(scene.given).items():
            kept[kind] = scene.step("register " + kind, lambda sample=sample: client.register(sample))
        kept["active"] = client_key(client, "active key")
        kept["pre-active"] = client.create(
            E.CryptographicAlgorithm.AES, 128, name="not begun", cryptographic_usage_mask=[MASK.ENCRYPT])
        kept["deactivated"] = client_key(client, "retired key")
        encrypted = client.encrypt(PLAINTEXT, kept["active"], CBC, bytes(range(16)))[0]
        retired = client.encrypt(PLAINTEXT, kept["deactivated"], CBC, bytes(range(16)))[0]
        client.revoke(E.RevocationReasonCode.CESSATION_OF_OPERATION, kept["deactivated"])
        kept["compromised"] = client_key(client, "exposed key")
        client.revoke(E.RevocationReasonCode.KEY_COMPROMISE, kept["compromised"], "seen", 1600000000)
        kept["destroyed"] = client.create(
            E.CryptographicAlgorithm.AES, 128, name="gone", cryptographic_usage_mask=[MASK.ENCRYPT])
        client.destroy(kept["destroyed"])
        scene.step("kept", lambda: kept)
        scene.step("data", lambda: {"active": encrypted, "deactivated": retired})
    reopen(scene, kept, {"active": encrypted, "deactivated": retired})


def reopen(scene, kept=None, data=None):
    """Gets everything by the identifiers that are stored, and opens the old data."""
    kept = kept or scene.given["kept"]
    data = data or {which: bytes.fromhex(each) for which, each in scene.given["data"].items()}
    with scene.client() as client:
        for kind, uid in kept.items():
            scene.step("get " + kind, lambda uid=uid: client.get(uid))
            scene.step("attributes of " + kind, lambda uid=uid: attributes_of(client, uid))
        for which, ciphertext in data.items():
            scene.step("decrypt " + which, lambda: client.decrypt(ciphertext, kept[which], CBC, bytes(range(16))))
        scene.step("locate active key", lambda: client.locate(attributes=[
            ATTRIBUTES.create_attribute(E.AttributeType.NAME, cobjects_name("active key"))]))
        scene.step("encrypt with the active key", lambda: client.encrypt(
            PLAINTEXT, kept["active"], RANDOM))
        scene.step("encrypt with the retired key", lambda: client.encrypt(
            PLAINTEXT, kept["deactivated"], RANDOM))


SCENES = {"operations": operations, "strangers": strangers, "keep": keep, "reopen": reopen}


def main():
    request = json.load(sys.stdin)
    scene = Scene(request)
    SCENES[request["scene"]](scene)
    json.dump(scene.seen, sys.stdout)


if __name__ == "__main__":
    main()
