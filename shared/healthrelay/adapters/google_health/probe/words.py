"""Google Health's own words: what a report may show as it is."""

from healthrelay.core.grants.shape import Vocabulary

ID_MEMBERS = ("healthUserId", "legacyUserId", "name", "dataPointName")
"""Members that hold identifiers or the names of resources."""

_NAMES = """
users me dataTypes dataPoints pairedDevices identity profile settings weight body-fat height
blood-glucose sleep exercise hydration-log nutrition-log
name date time type stages summary interval metadata count year month day hours minutes seconds
nanos weight height steps distance floors altitude sleep exercise percentage features age kcal
grams notes code message status details reason domain service field description error splits
entropy weekday quantity nutrient nutrients energy platform manufacturer device application
estimated processed nap splits laps value @type
"""
_ERRORS = """
INVALID_ARGUMENT FAILED_PRECONDITION UNAUTHENTICATED PERMISSION_DENIED NOT_FOUND UNIMPLEMENTED
RESOURCE_EXHAUSTED INTERNAL UNAVAILABLE ACCOUNT_NOT_LINKED ACCESS_TOKEN_SCOPE_INSUFFICIENT
insufficient_scope SERVICE_DISABLED USER_PROJECT_DENIED RESOURCE_PERMISSION_DENIED
UNSUPPORTED_DATA_TYPE_ACTION INVALID_PARENT_DATA_TYPE_COLLECTION INVALID_DATA_POINT_FILTER
INVALID_DATA_POINT_FILTER_DATA_TYPE_RESTRICTION INVALID_DATA_POINT_FILTER_DATA_TYPE_MEMBER
INVALID_DATA_POINT_FILTER_DATA_TYPE_RESTRICTION_COMPARATOR INVALID_FILTER_FORMAT
INVALID_DATA_POINT_FILTER_CIVIL_DATE_TIME_FORMAT INVALID_DATA_POINT_DATA_SOURCE_FAMILY
INVALID_ROLLUP_WINDOW INVALID_ROLLUP_QUERY_DURATION RATE_LIMIT_EXCEEDED
"""
_KINDS = """
FITBIT HEALTH_CONNECT HEALTH_KIT FIT FITBIT_WEB_API NEST GOOGLE_WEB_API GOOGLE_PARTNER_INTEGRATION
MANUAL PASSIVELY_MEASURED DERIVED ACTIVELY_MEASURED UNKNOWN
FITNESS_BAND WATCH PHONE RING CHEST_STRAP SCALE TABLET TRACKER
STAGES CLASSIC AWAKE LIGHT DEEP REM ASLEEP RESTLESS SUCCEEDED REJECTED_COVERAGE REJECTED_NAP
MODERATE VIGOROUS PEAK FAT_BURN CARDIO
SEDENTARY LIGHTLY_ACTIVE MODERATELY_ACTIVE VERY_ACTIVE WITH_SLEEP
"""

VOCABULARY = Vocabulary(
    words=frozenset((_ERRORS + _KINDS).split()),
    names=frozenset(_NAMES.split()),
    ids=frozenset(ID_MEMBERS),
)
