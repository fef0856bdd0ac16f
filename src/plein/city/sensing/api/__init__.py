"""The SensorThings 1.1 interface (OGC 18-088): everything measured, to read and to write, over HTTP and MQTT.

addresses and options read the request; filters turns $filter into a tree and sql the tree into conditions; reading and
observed answer; changing writes; arrays takes readings in bulk; views is the door; mqtt is the other door.
"""
