"""What all interfaces share: problems, paging, versions, limits, conditions, and a document of each in OpenAPI.

An ordinary interface is made with `ninja_interface` and mounted with `mount`; one with views of its own says what it
is with `@interface`. Both get `/api/NAME/vN/openapi.json`, problem+json, API-Version, rate limits and ETags from here.
"""
