"""Changing and deleting accounts, settings, PINs, seats; and every operation of the model that is not offered."""

import botocore
import botocore.session

from .sample import ENTERPRISE, KEYS, TEAM, Case, address

ON = {"InboundCalling": True, "OutboundCalling": False, "SMS": True}
OFF = {"InboundCalling": False, "OutboundCalling": False, "SMS": False}
OFFERED = 23


class Accounts(Case):
    def shown(self, account):
        return self.chime.get_account(AccountId=account)["Account"]

    def test_update(self):
        account = self.new_account()
        changed = self.chime.update_account(AccountId=account, Name="Neuer Name", DefaultLicense="Pro")["Account"]
        self.assertEqual((changed["Name"], changed["DefaultLicense"]), ("Neuer Name", "Pro"))
        self.assertEqual(self.chime.update_account(AccountId=account)["Account"], changed)
        self.assertEqual(self.shown(account), changed)
        for wrong in [{"Name": "n" * 101}, {"Name": " "}, {"DefaultLicense": "Gold"}, {"DefaultLicense": "ProTrial"}]:
            self.refused("BadRequestException", self.chime.update_account, AccountId=account, **wrong)
        self.assertEqual(self.shown(account), changed)

    def test_delete(self):
        account = self.new_account("Soon gone")
        self.assertEqual(self.chime.delete_account(AccountId=account)["ResponseMetadata"]["HTTPStatusCode"], 204)
        self.assertEqual(self.shown(account)["AccountStatus"], "Suspended")
        listed = self.chime.list_accounts(Name="Soon gone")["Accounts"]
        self.assertEqual([(a["AccountId"], a["AccountStatus"]) for a in listed], [(account, "Suspended")])
        bad = "BadRequestException"
        self.refused(bad, self.chime.delete_account, AccountId=account)
        self.refused(bad, self.chime.update_account, AccountId=account, Name="Back")
        self.refused(bad, self.chime.create_user, AccountId=account, Email=address())
        self.assertEqual(self.users(account), [])

    def test_what_stands_in_the_way_of_deleting(self):
        for account, left in [(TEAM, "users; remove the users first"), (ENTERPRISE, "and 1 verified domain; remove the users and")]:
            answer = self.refused("UnprocessableEntityException", self.chime.delete_account, AccountId=account)
            self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 422)
            self.assertIn(left, answer["Message"])
            self.assertEqual(self.shown(account)["AccountStatus"], "Active")

    def test_settings(self):
        account = self.new_account()
        get = lambda: self.chime.get_account_settings(AccountId=account)["AccountSettings"]
        put = lambda **settings: self.chime.update_account_settings(AccountId=account, AccountSettings=settings)
        self.assertEqual(get(), {"DisableRemoteControl": False, "EnableDialOut": False})
        self.assertEqual(put(EnableDialOut=True)["ResponseMetadata"]["HTTPStatusCode"], 204)
        put(DisableRemoteControl=True)
        self.assertEqual(get(), {"DisableRemoteControl": True, "EnableDialOut": True})
        put()
        put(EnableDialOut=False)
        self.assertEqual(get(), {"DisableRemoteControl": True, "EnableDialOut": False})

    def test_delegate_groups(self):
        account = self.new_account()
        add = lambda *names: self.chime.associate_signin_delegate_groups_with_account(
            AccountId=account, SigninDelegateGroups=[{"GroupName": name} for name in names]
        )
        take = lambda *names: self.chime.disassociate_signin_delegate_groups_from_account(
            AccountId=account, GroupNames=list(names)
        )
        groups = lambda: [group["GroupName"] for group in self.shown(account)["SigninDelegateGroups"]]
        self.assertEqual(groups(), [])
        self.assertEqual(add("Vertretung & Büro", "CN=a,DC=b", "Vertretung & Büro")["ResponseMetadata"]["HTTPStatusCode"], 200)
        self.assertEqual(groups(), ["CN=a,DC=b", "Vertretung & Büro"])
        take("CN=a,DC=b", "never there")
        self.assertEqual(groups(), ["Vertretung & Büro"])
        listed = self.chime.list_accounts(Name="An account")["Accounts"]
        self.assertIn({"GroupName": "Vertretung & Büro"}, [g for a in listed for g in a["SigninDelegateGroups"]])
        for wrong in [[" "], ["a\nb"], ["x" * 257], [], [str(n) for n in range(101)], [str(n) for n in range(100)]]:
            self.refused("BadRequestException", add, *wrong)
        self.assertEqual(groups(), ["Vertretung & Büro"])


class Users(Case):
    def test_a_pin(self):
        whom = {"AccountId": ENTERPRISE, "UserId": self.new_member()["UserId"]}
        self.assertNotIn("PersonalPIN", self.chime.get_user(**whom)["User"])
        first = self.chime.reset_personal_pin(**whom)["User"]["PersonalPIN"]
        second = self.chime.reset_personal_pin(**whom)["User"]["PersonalPIN"]
        self.assertRegex(first, "^[1-9][0-9]{9}$")
        self.assertNotEqual(first, second)
        self.assertEqual(self.chime.get_user(**whom)["User"]["PersonalPIN"], second)
        account = KEYS["account"]
        invite = self.chime.invite_users(AccountId=account, UserEmailList=[address()])["Invites"][0]["InviteId"]
        self.refused("BadRequestException", self.chime.reset_personal_pin, AccountId=account, UserId=invite)

    def test_settings(self):
        whom = {"AccountId": ENTERPRISE, "UserId": self.new_member()["UserId"]}
        get = lambda: self.chime.get_user_settings(**whom)["UserSettings"]["Telephony"]
        self.assertEqual(get(), OFF)
        for calls in (ON, OFF, ON):
            answer = self.chime.update_user_settings(**whom, UserSettings={"Telephony": calls})
            self.assertEqual((answer["ResponseMetadata"]["HTTPStatusCode"], get()), (204, calls))

    def test_what_users_are_not(self):
        whom = {"AccountId": ENTERPRISE, "UserId": self.new_member()["UserId"]}
        before = self.chime.get_user(**whom)["User"]
        metadata = {"IsAlexaForBusinessEnabled": True}
        for wrong in [{"UserType": "SharedDevice"}, {"UserType": "Robot"}, {"AlexaForBusinessMetadata": metadata}]:
            answer = self.refused("BadRequestException", self.chime.update_user, **whom, **wrong)
            self.assertIn(next(iter(wrong)), answer["Message"])
            items = [{"UserId": whom["UserId"], **wrong}]
            self.refused("BadRequestException", self.chime.batch_update_user, AccountId=ENTERPRISE, UpdateUserRequestItems=items)
        same = self.chime.update_user(**whom, UserType="PrivateUser")["User"]
        self.assertEqual(same, before)
        self.assertEqual(self.chime.list_users(AccountId=ENTERPRISE, UserType="SharedDevice")["Users"], [])

    def test_no_seat_is_left(self):
        account = KEYS["one seat of Pro"]
        users = [self.chime.create_user(AccountId=account, Email=address("seats.example"))["User"]["UserId"] for _ in range(2)]
        license = lambda user: self.chime.get_user(AccountId=account, UserId=user)["User"]["LicenseType"]
        update = lambda *users: self.chime.batch_update_user(
            AccountId=account, UpdateUserRequestItems=[{"UserId": user, "LicenseType": "Pro"} for user in users]
        )
        # Together they exceed the seats, so nobody gets one (rule 12).
        self.assertEqual(self.errors(update(*users)), dict.fromkeys(users, "ResourceLimitExceeded"))
        self.assertEqual([license(user) for user in users], ["Plus", "Plus"])
        self.assertEqual(self.errors(update(users[0])), {})
        answer = self.refused("BadRequestException", self.chime.update_user, AccountId=account, UserId=users[1], LicenseType="Pro")
        self.assertIn("0 seats of Pro are left", answer["Message"])
        self.assertEqual([license(user) for user in users], ["Pro", "Plus"])


class Deployment(Case):
    def test_settings(self):
        get = lambda: {key: self.chime.get_global_settings()[key] for key in ("BusinessCalling", "VoiceConnector")}
        put = self.chime.update_global_settings
        answer = put(BusinessCalling={"CdrBucket": "calls"}, VoiceConnector={"CdrBucket": "voice"})
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 204)
        put()
        put(BusinessCalling={})
        self.assertEqual(get(), {"BusinessCalling": {}, "VoiceConnector": {"CdrBucket": "voice"}})
        self.refused("BadRequestException", put, VoiceConnector={"CdrBucket": " "})
        put(VoiceConnector={})
        self.assertEqual(get(), {"BusinessCalling": {}, "VoiceConnector": {}})


class NotOffered(Case):
    def test_every_other_operation_of_the_model_says_so(self):
        model = botocore.session.get_session().get_service_model("chime")
        offered = 0
        for name in model.operation_names:
            operation = model.operation_model(name)
            call = getattr(self.chime, botocore.xform_name(name))
            members = example(operation.input_shape) if operation.input_shape else {}
            with self.subTest(name):
                try:
                    call(**members)
                    offered += 1
                except self.chime.exceptions.ClientError as raised:
                    error = raised.response["Error"]
                    modelled = [shape.name for shape in operation.error_shapes]
                    self.assertIn(error["Code"], modelled, error)
                    self.assertLess(raised.response["ResponseMetadata"]["HTTPStatusCode"], 500)
                    if error["Message"] != f"Not offered by this service: {name}.":
                        offered += 1
        self.assertEqual((offered, len(model.operation_names)), (OFFERED, 62))


def example(shape):
    """Something that the model's checks in the client accept; what it names does not exist."""
    if shape.type_name == "structure":
        return {name: example(shape.members[name]) for name in shape.required_members}
    if shape.type_name == "list":
        return [example(shape.member)]
    if shape.type_name == "map":
        return {example(shape.key): example(shape.value)}
    return {"string": next(iter(getattr(shape, "enum", [])), "example"), "boolean": True, "timestamp": 0}.get(shape.type_name, 1)
