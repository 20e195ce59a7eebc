"""The NATS edge: detections in."""
