"""Makes the domain that scripts/samba-ad runs: python3 - FOLDER, with Samba's modules."""

import logging
import os
import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.provision import provision
from samba.samdb import SamDB

FOLDER = sys.argv[1]
PASSWORD = "Passw0rd!"
BASE = "DC=example,DC=test"
# The right "Replicating Directory Changes" (MS-ADTS 5.1.3.2.1).
CHANGES = "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"

lp = LoadParm()
lp.load(os.path.join(FOLDER, "etc/smb.conf"))
provision(
    logging.getLogger(),
    system_session(),
    smbconf=os.path.join(FOLDER, "etc/smb.conf"),
    lp=lp,
    realm="EXAMPLE.TEST",
    domain="EXAMPLE",
    hostname="dc1",
    hostip="127.0.0.1",
    adminpass=PASSWORD,
    serverrole="active directory domain controller",
    dns_backend="NONE",
    dom_for_fun_level=4,
    skip_sysvolacl=True,
)

sam = SamDB(url=os.path.join(FOLDER, "private/sam.ldb"), session_info=system_session(), lp=lp)
sam.setpassword("(sAMAccountName=Administrator)", PASSWORD, force_change_at_next_login=False)
for name in ("admin", "reader", "plain"):
    sam.newuser(name, PASSWORD, description="for tests")
sam.add_remove_group_members("Domain Admins", ["admin"], add_members_operation=True)


def grant(dn, ace, controls):
    """Adds an entry to the rights on an object."""
    found = sam.search(dn, ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"], controls=controls)[0]
    descriptor = ndr_unpack(security.descriptor, found["nTSecurityDescriptor"][0])
    domain = security.dom_sid(sam.get_domain_sid())
    added = security.descriptor.from_sddl("D:" + ace, domain).dacl.aces[0]
    descriptor.dacl_add(added)
    message = ldb.Message(found.dn)
    message["nTSecurityDescriptor"] = ldb.MessageElement(
        ndr_pack(descriptor), ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor"
    )
    sam.modify(message, controls)


found = sam.search(BASE, expression="(sAMAccountName=reader)", attrs=["objectSid"])[0]
reader = ndr_unpack(security.dom_sid, found["objectSid"][0])
grant(BASE, f"(OA;;CR;{CHANGES};;{reader})", ["sd_flags:1:4"])
# samba-tool cannot do this one: the container counts as deleted itself.
grant(f"CN=Deleted Objects,{BASE}", f"(A;OICI;LCRPLO;;;{reader})", ["show_deleted:1", "sd_flags:1:4"])
