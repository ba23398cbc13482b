"""The table of keywords/waiting.py: each `#` line names the source of the lines below it."""

from typing import Final

TABLE: Final = """
# Suricata user guide, rules, http keywords
# Suricata user guide, rules, http2 keywords
option  http2.frametype  NAME|N  type of an HTTP/2 frame
option  http2.errorcode  NAME|N  error code of an HTTP/2 GOAWAY or RST_STREAM frame
option  http2.priority  N  weight in an HTTP/2 PRIORITY frame
option  http2.window  N  increment in an HTTP/2 WINDOW_UPDATE frame
option  http2.size_update  N  size update of the HTTP/2 header table
option  http2.settings  NAME [<|>]N  a setting in an HTTP/2 SETTINGS frame
buffer  http2.header_name  -  each header name of HTTP/2
# Suricata user guide, rules, ssl/tls keywords
option  tls_store,tls.store  -  keep the certificate
# Suricata user guide, rules, ssh keywords
buffer  ssh.proto,ssh_proto  -  protocol version in the banner
buffer  ssh.software,ssh_software  -  software in the banner
buffer  ssh.hassh  -  fingerprint of the client's algorithms
buffer  ssh.hassh.string  -  the client's algorithms
buffer  ssh.hassh.server  -  fingerprint of the server's algorithms
buffer  ssh.hassh.server.string  -  the server's algorithms
option  ssh.protoversion  VERSION  protocol version in the banner
option  ssh.softwareversion  TEXT  software in the banner
# Suricata user guide, rules, smb keywords
buffer  smb.named_pipe,smb_named_pipe  -  named pipe of a tree connect
buffer  smb.share,smb_share  -  share of a tree connect
buffer  smb.ntlmssp_user  -  user of an NTLMSSP session setup
buffer  smb.ntlmssp_domain  -  domain of an NTLMSSP session setup
option  smb.version  1|2  version of SMB
# Suricata user guide, rules, dcerpc keywords
option  dcerpc.iface,dce_iface  UUID[,[<|>]VERSION][,any_frag]  interface that is bound
option  dcerpc.opnum,dce_opnum  N[-M][,...]  operation that is called
buffer  dcerpc.stub_data,dce_stub_data  -  arguments or results of a call
# Suricata user guide, rules, ftp keywords
buffer  ftp.command  -  command
buffer  ftp.command_data  -  what follows a command
buffer  ftp.reply  -  text of a reply
buffer  ftp.completion_code  -  code of a reply
option  ftp.mode  active|passive  mode of the data connection
option  ftp.dynamic_port  [<|>]N  port of the data connection
option  ftp.reply_received  yes|no  a reply was seen
option  ftpdata_command,ftpdata.command  retr|stor  command that opened the data connection
option  ftpbounce  -  a PORT command names another address than the client's
# Suricata user guide, rules, smtp and email keywords
buffer  smtp.helo  -  argument of HELO or EHLO
buffer  smtp.mail_from  -  sender of the envelope
buffer  smtp.rcpt_to  -  each recipient of the envelope
buffer  email.from  -  From header
buffer  email.to  -  To header
buffer  email.cc  -  Cc header
buffer  email.subject  -  Subject header
buffer  email.date  -  Date header
buffer  email.message_id  -  Message-Id header
buffer  email.x_mailer  -  X-Mailer header
buffer  email.url  -  each URL in the message
buffer  email.received  -  each Received header
# Suricata user guide, rules, kerberos keywords
option  krb5_msg_type  N  type of a message
option  krb5_err_code  N  error code
buffer  krb5.cname,krb5_cname  -  name of the client
buffer  krb5.sname,krb5_sname  -  name of the server
option  krb5.ticket_encryption  weak|N  encryption of the ticket
# Suricata user guide, rules, ldap keywords
option  ldap.request.operation  NAME|N  operation of the request
option  ldap.responses.operation  NAME|N[,any|all|N]  operation of a response
option  ldap.responses.count  [<|>]N  number of responses
option  ldap.responses.result_code  NAME|N[,any|all|N]  result of a response
buffer  ldap.request.dn  -  distinguished name of the request
buffer  ldap.responses.dn  -  distinguished name of each response
buffer  ldap.responses.message  -  message of each response
buffer  ldap.request.attribute_type  -  each attribute of the request
buffer  ldap.responses.attribute_type  -  each attribute of the responses
# Suricata user guide, rules, sip and sdp keywords
buffer  sip.method  -  method of the request
buffer  sip.uri  -  URI of the request
buffer  sip.request_line  -  first line of the request
buffer  sip.response_line  -  first line of the response
buffer  sip.stat_code  -  status code of the response
buffer  sip.stat_msg  -  status text of the response
buffer  sip.protocol  -  version of SIP
buffer  sip.from  -  From header
buffer  sip.to  -  To header
buffer  sip.via  -  Via header
buffer  sip.user_agent  -  User-Agent header
buffer  sip.content_type  -  Content-Type header
buffer  sip.content_length  -  Content-Length header
buffer  sdp.origin  -  origin of the session
buffer  sdp.session_name  -  name of the session
buffer  sdp.session_info  -  information on the session
buffer  sdp.uri  -  URI of the session
buffer  sdp.email  -  e-mail address
buffer  sdp.phone_number  -  telephone number
buffer  sdp.connection_data  -  connection data
buffer  sdp.bandwidth  -  bandwidth
buffer  sdp.time  -  time of the session
buffer  sdp.repeat_time  -  repetitions of the session
buffer  sdp.timezone  -  time zone
buffer  sdp.encryption_key  -  encryption key
buffer  sdp.attribute  -  each attribute
buffer  sdp.media.media  -  description of each medium
buffer  sdp.media.media_info  -  information on each medium
buffer  sdp.media.connection_data  -  connection data of each medium
buffer  sdp.media.encryption_key  -  encryption key of each medium
# Suricata user guide, rules, rfb keywords
buffer  rfb.name  -  name of the desktop
option  rfb.sectype  [<|>]N  type of security
option  rfb.secresult  ok|fail|toomany|unknown  outcome of the authentication
# Suricata user guide, rules, snmp keywords
option  snmp.version  1|2|3  version of SNMP
option  snmp.pdu_type  NAME|N  type of a message
option  snmp.trap_type  NAME|N  type of a trap
buffer  snmp.community  -  community
buffer  snmp.usm  -  user of SNMP version 3
# Suricata user guide, rules, ntp keywords
option  ntp.version  [<|>]N  version of NTP
option  ntp.mode  NAME|N  mode
option  ntp.stratum  [<|>]N  distance from a reference clock
buffer  ntp.reference_id  -  reference clock
# Suricata user guide, rules, dhcp keywords
option  dhcp.leasetime  [<|>]N  lease time in seconds
option  dhcp.rebinding_time  [<|>]N  rebinding time in seconds
option  dhcp.renewal_time  [<|>]N  renewal time in seconds
# Suricata user guide, rules, ike keywords
option  ike.exchtype  [<|>]N  type of the exchange
option  ike.chosen_sa_attribute  NAME=N  attribute of the security association that was chosen
option  ike.key_exchange_payload_length  [<|>]N  length of the key exchange payload
option  ike.nonce_payload_length  [<|>]N  length of the nonce payload
buffer  ike.init_spi  -  index of the initiator
buffer  ike.resp_spi  -  index of the responder
buffer  ike.vendor  -  each vendor id
buffer  ike.nonce_payload  -  nonce
buffer  ike.key_exchange_payload  -  key exchange data
# Suricata user guide, rules, mqtt keywords
option  mqtt.type  [!]NAME|N  type of a message
option  mqtt.protocol_version  [<|>]N  version of MQTT
option  mqtt.flags  [!]NAME[,NAME ...]  flags of the fixed header
option  mqtt.qos  0|1|2  quality of service
option  mqtt.reason_code,mqtt.connack.return_code  [<|>]N  reason code
option  mqtt.connack.session_present  yes|no  the server kept the session
option  mqtt.connect.flags  [!]NAME[,NAME ...]  flags of CONNECT
buffer  mqtt.connect.clientid  -  client of CONNECT
buffer  mqtt.connect.username  -  user of CONNECT
buffer  mqtt.connect.password  -  password of CONNECT
buffer  mqtt.connect.willtopic  -  topic of the will
buffer  mqtt.connect.willmessage  -  message of the will
buffer  mqtt.connect.protocol_string  -  protocol name of CONNECT
buffer  mqtt.publish.topic  -  topic of PUBLISH
buffer  mqtt.publish.message  -  message of PUBLISH
buffer  mqtt.subscribe.topic  -  each topic of SUBSCRIBE
buffer  mqtt.unsubscribe.topic  -  each topic of UNSUBSCRIBE
# Suricata user guide, rules, websocket keywords
option  websocket.opcode  NAME|N  operation of a frame
option  websocket.mask  [<|>]N  mask of a frame
option  websocket.flags  [!]NAME|N  flags of a frame
buffer  websocket.payload  -  payload of a frame, unmasked
# Suricata user guide, rules, pgsql keywords
buffer  pgsql.query  -  query
# Suricata user guide, rules, nfs keywords
option  nfs_procedure  [<|>]N  procedure that is called
option  nfs.version,nfs_version  [<|>]N  version of NFS
# Suricata user guide, rules, modbus, dnp3, enip and cip keywords
option  modbus  function N|access read|unit N ...  request of Modbus
buffer  dnp3.data,dnp3_data  -  application data, put together
option  dnp3_func  NAME|N  function code
option  dnp3_ind  NAME[,NAME ...]  internal indicators
option  dnp3_obj  GROUP,VARIATION  an object
option  cip_service  N[,CLASS[,ATTRIBUTE]]  CIP service
option  enip_command  NAME|N  EtherNet/IP command
option  enip.capabilities  [<|>]N  capabilities
option  enip.cip_attribute  [<|>]N  CIP attribute
option  enip.cip_class  [<|>]N  CIP class
option  enip.cip_instance  [<|>]N  CIP instance
option  enip.cip_status  [<|>]N  CIP status
option  enip.cip_extendedstatus  [<|>]N  extended CIP status
option  enip.device_type  [<|>]N  type of the device
option  enip.identity_status  [<|>]N  status of the identity
option  enip.product_code  [<|>]N  product code
option  enip.protocol_version  [<|>]N  version of the protocol
option  enip.revision  [<|>]N  revision of the device
option  enip.serial  [<|>]N  serial number of the device
option  enip.state  [<|>]N  state of the device
option  enip.status  [<|>]N  status of the encapsulation
option  enip.vendor_id  [<|>]N  vendor of the device
buffer  enip.product_name  -  name of the product
buffer  enip.service_name  -  name of the service
# Suricata user guide, rules, transforms
transform  subslice  N,M  a part of the buffer
transform  luaxform  SCRIPT[,ARGUMENTS]  what a Lua script makes of the buffer
# Suricata user guide, rules, payload keywords
option  lua,luajit  [!]SCRIPT  what a Lua script says
# Suricata user guide, rules, header keywords
header  igmp.type  [<|>]N|NAME  type of an IGMP message
# Suricata user guide, rules, flow keywords
state  nfq_set_mark  N/MASK[,packet|flow]  mark the packet (inline)
# Suricata user guide, rules, app-layer keywords
flow  app-layer-state  [<|>]STATE  how far the transaction has come
buffer  frame  [PROTOCOL.]TYPE  each frame of the protocol, of one type
"""
