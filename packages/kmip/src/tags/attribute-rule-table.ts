// Made by generate/write-tables.ts from the OASIS KMIP specifications 1.0 to 2.1. Do not edit.

/**
 * One line a rule: XML name; versions (bit 0 for 1.0); six letters: always has a value, initially set by (s server,
 * c client, b both), modifiable by server, modifiable by client, deletable by client, several instances (y yes, n no,
 * c on a condition); object types (* all, C certificate, Y symmetric key, U public key, R private key, S split key,
 * D secret data, P PGP key, O opaque object, T template).
 */
export const ATTRIBUTE_RULE_TABLE = `
ActivationDate 1f nbccnn CYRUSDPT
ActivationDate 60 nbccnn *
AlternativeName 7c nccyyy *
AlwaysSensitive 70 ysynnn *
ApplicationSpecificInformation 7f nbcyyy *
ArchiveDate 7f nsnnnn *
CertificateIdentifier 1f ysnnnn C
CertificateIssuer 1f ysnnnn C
CertificateLength 7e ysnnnn C
CertificateSubject 1f ysnnnn C
CertificateType 7f ysnnnn C
Comment 70 nbyyyn *
CompromiseDate 1f nsnnnn CYRUSDPO
CompromiseDate 60 nsnnnn *
CompromiseOccurrenceDate 1f nsnnnn CYRUSDPO
CompromiseOccurrenceDate 60 nsnnnn *
ContactInformation 7f nbyyyn *
CryptographicAlgorithm 1f ysnnnn CYRUSPT
CryptographicAlgorithm 60 csnnnn *
CryptographicDomainParameters 1f ncnnnn *
CryptographicLength 1f ysnnnn CYRUSPT
CryptographicLength 60 csnnnn *
CryptographicParameters 1f ncnyyy CYRUSPT
CryptographicParameters 60 ncnyyy *
CryptographicUsageMask 1f ybynnn CYRUSDPT
CryptographicUsageMask 60 cbynnn *
DeactivationDate 1f nbccnn CYRUSDPT
DeactivationDate 60 nbccnn *
Description 70 nbyyyn *
DestroyDate 1f nsnnnn CYRUSDPO
DestroyDate 60 nsnnnn *
Digest 1f csnnny CYRUSDPO
Digest 60 csnnny *
DigitalSignatureAlgorithm 02 ysnnnc C
DigitalSignatureAlgorithm 7c ysnnnc CP
Extractable 70 ybyynn *
Fresh 1e nbynnn CYRUSDP
Fresh 60 ybynnn *
InitialDate 7f ysnnnn *
KeyFormatType 60 ysnnnn *
KeyValueLocation 1c ncnyyy YRSD
KeyValueLocation 60 ncnyyy *
KeyValuePresent 1c nsnnnn YRSD
KeyValuePresent 60 nsnnnn *
LastChangeDate 7f ysynnn *
LeaseTime 1f nsynnn CYRUSDP
LeaseTime 60 nsynnn *
Link 1f nbyyyy CYRUSDP
Link 60 nbyyyy *
NISTKeyType 60 ncnnny *
Name 7f ncyyyy *
NeverExtractable 70 ysynnn *
ObjectGroup 7f nbyyyy *
ObjectType 7f ysnnnn *
OpaqueDataType 60 ysnnnn O
OperationPolicyName 1f nbynnn *
OriginalCreationDate 7c nbnnnn *
PKCS_12FriendlyName 10 nbnyyn CYRUSDP
PKCS_12FriendlyName 60 nbnyyn *
ProcessStartDate 1f nbccnn YST
ProcessStartDate 60 nbccnn *
ProtectStopDate 1f nbccnn YST
ProtectStopDate 60 nbccnn *
ProtectionLevel 60 ncnyyn *
ProtectionPeriod 60 ncnyyn *
ProtectionStorageMask 60 ysnnnn *
QuantumSafe 60 ncnyyn *
RandomNumberGenerator 18 nbnnnn CYRUSDP
RandomNumberGenerator 60 nbnnnn *
RevocationReason 1f nsynnn CYRUSDPO
RevocationReason 60 nsynnn *
RotateAutomatic 40 nbynnn *
RotateDate 40 nsnnnn *
RotateGeneration 40 nsnnnn *
RotateInterval 40 nbynnn *
RotateLatest 40 nsynnn *
RotateName 40 ncnyyn *
RotateOffset 40 nbynnn *
Sensitive 70 ybyynn *
ShortUniqueIdentifier 60 ysnnnn *
State 1f ysynnn CYRUSDP
State 60 ysynnn *
UniqueIdentifier 7f ysnnnn *
UsageLimits 1f nbyccn YRUSPT
UsageLimits 60 nbyccn *
X_509CertificateIdentifier 7e ysnnnn C
X_509CertificateIssuer 7e ysnnnn C
X_509CertificateSubject 7e ysnnnn C
`;
