"""Logging in by OpenID Connect: DigiD and eHerkenning through a broker, and staff through the municipality's provider.

Authorization code with PKCE, state and nonce; the ID token is checked in full (tokens.py); what it says is read by the
claims that the settings name (claims.py). Source: OpenID Connect Core 1.0; RFC 7636, 9207, 9700; OIDC NL GOV profile.
"""
