"""The connection with an MQTT broker: address, credentials, back-off, and the mark on what Plein itself sends."""

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from paho.mqtt.properties import Properties

OWN = ("plein", "news")
INFLIGHT = 65_535


def Mark() -> "Properties":
    """Make the properties that tell Plein's own messages from those of devices."""
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    properties = Properties(PacketTypes.PUBLISH)
    properties.UserProperty = [OWN]
    return properties


def connected(url: str, name: str) -> Any:
    """Give a client that keeps itself connected in a thread of its own, waiting 1 to 60 s between tries."""
    client = prepared(url, f"{name}-{secrets.token_hex(4)}")
    target = urlsplit(url)
    client.connect_async(target.hostname or "localhost", target.port or _port(target.scheme), keepalive=30)
    client.loop_start()
    return client


def prepared(url: str, client_id: str) -> Any:
    """Make a client of MQTT 5 with the credentials of an address such as mqtt://user:password@host:1883."""
    from paho.mqtt import client as paho
    from paho.mqtt.enums import CallbackAPIVersion

    target = urlsplit(url)
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=paho.MQTTv5)
    if target.username:
        client.username_pw_set(unquote(target.username), unquote(target.password or ""))
    if target.scheme == "mqtts":
        client.tls_set()
    client.reconnect_delay_set(min_delay=1, max_delay=60)
    client.max_queued_messages_set(0)
    client.max_inflight_messages_set(1000)
    return client


def _port(scheme: str) -> int:
    return 8883 if scheme == "mqtts" else 1883
