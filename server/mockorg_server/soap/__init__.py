"""The SOAP wire: XML in, operations to the core, XML out. Translates, and decides nothing."""

from mockorg_server.soap.spyne_repair import repair_spyne

repair_spyne()  # before any module of this package imports spyne
