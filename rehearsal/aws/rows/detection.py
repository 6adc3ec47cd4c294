"""GuardDuty, Inspector and the scans of ECR: what AWS itself detects in an account and region."""

from typing import Final

from rehearsal.aws.table import Call, Row

_FEATURE: Final = {
    "name": "Features[].Name",
    "status": "Features[].Status",
    "additionalConfigurations": "Features[].AdditionalConfiguration",
}

DETECTOR: Final = Row(
    type="aws:guardduty/detector:Detector",
    service="guardduty",
    create=Call(operation="CreateDetector"),
    identifier="DetectorId",
    updates=(
        Call(
            operation="UpdateDetector",
            takes=("enable", "findingPublishingFrequency"),
            fixed={"DetectorId": "{id}"},
        ),
    ),
    attributes={"arn": "arn:{partition}:guardduty:{region}:{account}:detector/{id}", "accountId": "{account}"},
    delete=(Call(operation="DeleteDetector", fixed={"DetectorId": "{id}"}),),
    not_rehearsed={"datasources": "deprecated; use aws.guardduty.DetectorFeature"},
)

DETECTOR_FEATURE: Final = Row(
    type="aws:guardduty/detectorFeature:DetectorFeature",
    service="guardduty",
    create=Call(operation="UpdateDetector", members=_FEATURE),
    identifier="{detectorId}/{name}",
    updates=(
        Call(
            operation="UpdateDetector",
            takes=("status", "additionalConfigurations"),
            members=_FEATURE,
            fixed={"DetectorId": "{detectorId}", "Features": [{"Name": "{name}", "Status": "{status}"}]},
        ),
    ),
    # The provider calls nothing at deletion: the feature stays as it is until its detector goes.
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/guardduty_detector_feature
    immutable=("detectorId", "name"),
    # A detector that an earlier destroy has ended could not be asked.
    emulated=False,
)

ENABLER: Final = Row(
    type="aws:inspector2/enabler:Enabler",
    service="inspector2",
    create=Call(operation="Enable"),
    identifier="{account}:{region}",
    delete=(
        Call(operation="Disable", fixed={"accountIds": "=inputs.accountIds", "resourceTypes": "=inputs.resourceTypes"}),
    ),
    immutable=("accountIds", "resourceTypes"),
    emulated=False,
)

REGISTRY_SCANNING: Final = Row(
    type="aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
    service="ecr",
    create=Call(operation="PutRegistryScanningConfiguration"),
    # There is one for each account and region.
    identifier="{account}",
    updates=(Call(operation="PutRegistryScanningConfiguration", takes=("*",)),),
    attributes={"registryId": "{account}"},
    # The provider puts back what a new account has.
    delete=(Call(operation="PutRegistryScanningConfiguration", fixed={"scanType": "BASIC", "rules": []}),),
)

ROWS: Final = (DETECTOR, DETECTOR_FEATURE, ENABLER, REGISTRY_SCANNING)
