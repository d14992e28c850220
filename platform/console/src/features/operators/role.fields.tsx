import { DeleteOutlined } from '@ant-design/icons'
import { Button, Checkbox, Form, Select } from 'antd'
import { useApiQuery } from '../../api/api.hooks.js'
import { DEPARTMENT_ROLES, ROLE_ROWS, roleText } from '../../api/role.texts.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { useLanguage } from '../../i18n/language.provider.js'
import { operatorsMessages } from './operators.messages.js'

const DEPARTMENTS_MAX = 100

/** Roles in the whole institution, and those in single departments. */
export function RoleFields() {
  const words = useMessages(operatorsMessages)
  const { language } = useLanguage()
  const { data } = useApiQuery(
    ['departments', 'choice'],
    (bursar, options) => bursar.departments.list({ limit: DEPARTMENTS_MAX }, options),
    { reach: 'institution' },
  )
  const required = { required: true, message: words.required }
  return (
    <>
      <Form.Item name="roles" label={words.institutionRoles}>
        <Checkbox.Group
          className="choice-list"
          options={ROLE_ROWS.map((row) => ({ value: row.role, label: row[language] }))}
        />
      </Form.Item>
      <Form.List name="departments">
        {(rows, { add, remove }) => (
          <fieldset className="role-rows">
            <legend>{words.departmentRoles}</legend>
            {rows.map(({ key, name }) => (
              <div key={key} className="role-row">
                <Form.Item name={[name, 'department']} rules={[required]}>
                  <Select
                    aria-label={words.department}
                    placeholder={words.department}
                    showSearch={{ optionFilterProp: 'label' }}
                    options={(data?.data ?? []).map((one) => ({ value: one.id, label: one.name }))}
                  />
                </Form.Item>
                <Form.Item name={[name, 'role']} rules={[required]}>
                  <Select
                    aria-label={words.role}
                    placeholder={words.role}
                    options={DEPARTMENT_ROLES.map((role) => ({
                      value: role,
                      label: roleText(role, language),
                    }))}
                  />
                </Form.Item>
                <Button
                  icon={<DeleteOutlined />}
                  aria-label={words.removeRole}
                  onClick={() => remove(name)}
                />
              </div>
            ))}
            <Button size="small" onClick={() => add({})}>
              {words.addDepartmentRole}
            </Button>
          </fieldset>
        )}
      </Form.List>
    </>
  )
}
